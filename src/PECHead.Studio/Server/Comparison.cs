using PECHead.Research.Data;

namespace PECHead.Studio.Server;

/// <summary>Collects the pictures of one request, which models bring on their own threads.</summary>
/// <param name="count">How many there will be.</param>
/// <param name="whole">Receives them when all are there.</param>
internal sealed class Comparison(int count, Action<IReadOnlyDictionary<string, RgbImage>> whole)
{
    private readonly Lock _guard = new();
    private readonly Dictionary<string, RgbImage> _pictures = [];

    /// <summary>Adds a picture.</summary>
    public void Add(string model, RgbImage picture)
    {
        lock (_guard)
        {
            _pictures[model] = picture;
            if (_pictures.Count < count) return;
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
