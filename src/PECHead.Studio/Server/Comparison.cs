using PECHead.Research.Data;

namespace PECHead.Studio.Server;

/// <summary>Collects the pictures of one request, which models bring on their own threads.</summary>
/// <param name="count">How many models answer.</param>
/// <param name="whole">Receives the pictures when all have answered. There is at least one.</param>
internal sealed class Comparison(int count, Action<IReadOnlyDictionary<string, RgbImage>> whole)
{
    private readonly Lock _guard = new();
    private readonly Dictionary<string, RgbImage> _pictures = [];
    private int _answers;

    /// <summary>Adds the answer of a model.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="picture">Its picture; null: it refused, as a model does that cannot be posed.</param>
    public void Add(string model, RgbImage? picture)
    {
        lock (_guard)
        {
            if (picture is not null) _pictures[model] = picture;
            if (++_answers < count || _pictures.Count == 0) return;
        }
        whole(_pictures);
    }

    /// <summary>Mean absolute difference of two pictures of one size, in [0, 1].</summary>
    public static double Difference(RgbImage first, RgbImage second)
    {
        Span<byte> left = first.Pixels, right = second.Pixels;
        var sum = 0L;
        for (var i = 0; i < left.Length; i++) sum += Math.Abs(left[i] - right[i]);
        return sum / (255.0 * left.Length);
    }
}
