using System.Numerics.Tensors;

namespace PECHead.Research.Data;

/// <summary>Where a video changes from one shot to another, by a cut, a dissolve, or through a plain picture.</summary>
/// <remarks>
/// <b>Choice:</b> looked at are the middles of the frames, in grey, 32 x 32 pixels. What a frame changes is what is left of it after the frame before, with
/// another brightness and contrast, is taken away, so that light is no cut. A frame begins a shot if it changes by 3 % of the range of brightness at once, and
/// three times as much as any other frame within a second; or by 10 %, where it looks nothing like the frame before. A dissolve is a stretch of up to 1.2 s whose frames
/// are mixtures of its first and last one, in almost even steps, where these two do not look alike: motion mixes nothing. Its middle begins the shot. A
/// stretch of plain frames (black, white, grey) parts two shots if the pictures before and after it do not look alike. On 57 clips of people without
/// a cut no frame came near these limits.
/// </remarks>
internal static class SceneCuts
{
    private const int Side = 32;
    private const float Range = 100f / 255;                 // levels to percent
    private const float LargeChange = 10;
    private const float LeastChange = 3;
    private const float Outstanding = 3;
    private const float Alike = 0.5f;                       // correlation of two pictures
    private const float PlainDeviation = 1;                 // of a picture that shows nothing
    private const double FadeSeconds = 0.6;

    private const float LeastDissolve = 5;                  // between its ends
    private const float MostResidual = 0.1f;                // of the distance of its ends; motion adds to it
    private const float ResidualOfSecond = 0.25f;
    private const float MostUneven = 0.12f;                 // for many frames; half a step more for few
    private const float DissolveAlike = 0.4f;
    private static readonly double[] DissolveSeconds = [0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.2];

    /// <summary>Index of the first frame of every shot but the first.</summary>
    /// <param name="info">The video.</param>
    /// <param name="tools">The programs to use; null: <see cref="MediaTools.Default"/>.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <exception cref="DataException">The video cannot be read.</exception>
    public static IReadOnlyList<int> Of(VideoInfo info, MediaTools? tools = null, CancellationToken cancellation = default)
    {
        if (info.FrameCount < 2) return [];
        var looks = Looks(info, tools, cancellation);
        List<int> cuts = [.. Cuts(looks, info.Rate), .. Fades(looks, info.Rate)];
        var dissolves = Dissolves(looks, info.Rate, cancellation).Where(at => !cuts.Any(cut => Math.Abs(cut - at) < info.Rate * DissolveSeconds[^1]));
        return [.. cuts.Concat(dissolves).Distinct().Order()];
    }

    private static List<float[]> Looks(VideoInfo info, MediaTools? tools, CancellationToken cancellation)
    {
        using var frames = VideoFrames.Open(info, new VideoFramesOptions { Crop = Crop.Centre, Size = Side }, tools);
        var (looks, buffer) = (new List<float[]>(info.FrameCount), new byte[frames.FrameBytes]);
        while (frames.Read(buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            var grey = new float[Side * Side];
            for (var i = 0; i < grey.Length; i++) grey[i] = (buffer[3 * i] + buffer[(3 * i) + 1] + buffer[(3 * i) + 2]) / 3f * Range;
            looks.Add(grey);
        }
        return looks;
    }

    private static List<int> Cuts(List<float[]> looks, double rate)
    {
        float[] change = [0, .. looks.Zip(looks.Skip(1), Change)];
        var (second, cuts) = ((int)Math.Round(rate), new List<int>());
        for (var at = 2; at < change.Length; at++)
        {
            var sudden = Math.Min(change[at], Math.Abs(change[at] - change[at - 1]));
            if (sudden < LeastChange) continue;
            var (first, end) = (Math.Max(1, at - second), Math.Min(change.Length, at + second + 1));
            var others = Math.Max(change[first..at].DefaultIfEmpty().Max(), change[(at + 1)..end].DefaultIfEmpty().Max());
            if (sudden >= Outstanding * others || (sudden >= LargeChange && Correlation(looks[at - 1], looks[at]) < Alike)) cuts.Add(at);
        }
        return cuts;
    }

    private static List<int> Fades(List<float[]> looks, double rate)
    {
        var (reach, cuts) = ((int)Math.Round(FadeSeconds * rate), new List<int>());
        float[] deviations = [.. looks.Select(look => TensorPrimitives.Norm<float>(Centred(look)) / Side)];
        int Clearest(int first, int end) => Enumerable.Range(first, end - first).MaxBy(at => deviations[at]);
        for (var first = 0; first < looks.Count; first++)
        {
            if (deviations[first] >= PlainDeviation) continue;
            var end = first;
            while (end < looks.Count && deviations[end] < PlainDeviation) end++;
            if (first > 0 && end < looks.Count
                && Correlation(looks[Clearest(Math.Max(0, first - reach), first)], looks[Clearest(end, Math.Min(looks.Count, end + reach))]) < Alike)
                cuts.Add((first + end) / 2);
            first = end;
        }
        return cuts;
    }

    // The longest one of those that overlap: a part of a dissolve is one too.
    private static List<int> Dissolves(List<float[]> looks, double rate, CancellationToken cancellation)
    {
        var found = new List<(double Doubt, int First, int Last)>();
        foreach (var length in DissolveSeconds.Select(seconds => (int)Math.Round(seconds * rate)).Where(length => length >= 3))
        {
            cancellation.ThrowIfCancellationRequested();
            for (var last = length; last < looks.Count; last++)
                if (Doubt(looks, last - length, last, rate) is { } doubt) found.Add((doubt, last - length, last));
        }
        var taken = new List<(int First, int Last)>();
        foreach (var (_, first, last) in found.OrderByDescending(one => one.Last - one.First).ThenBy(one => one.Doubt))
            if (taken.All(other => last <= other.First || first >= other.Last)) taken.Add((first, last));
        return [.. taken.Select(one => (one.First + one.Last + 1) / 2)];
    }

    // Null: these frames are no dissolve.
    private static double? Doubt(List<float[]> looks, int first, int last, double rate)
    {
        var (from, to) = (looks[first], looks[last]);
        var distance = Distance(from, to);
        if (distance < LeastDissolve) return null;
        if (Correlation(from, to) > DissolveAlike) return null;
        var (way, gone) = (new float[from.Length], new float[from.Length]);
        TensorPrimitives.Subtract(to, from, way);
        var residual = MostResidual + (ResidualOfSecond * (float)Math.Min(1, (last - first) / rate));
        var (even, count) = (MostUneven + (0.5f / (last - first)), last - first);
        var (square, worst, uneven) = (TensorPrimitives.SumOfSquares<float>(way), 0f, 0f);
        for (var at = first + 1; at < last; at++)
        {
            TensorPrimitives.Subtract(looks[at], from, gone);
            var share = TensorPrimitives.Dot<float>(gone, way) / square;
            TensorPrimitives.MultiplyAdd(way, -share, gone, gone);
            worst = Math.Max(worst, TensorPrimitives.SumOfMagnitudes<float>(gone) / gone.Length / distance);
            uneven = Math.Max(uneven, Math.Abs(share - ((at - first) / (float)count)));
            if (worst > residual || uneven > even) return null;
        }
        return worst + uneven;
    }

    private static float Distance(float[] one, float[] other)
    {
        var sum = 0f;
        for (var i = 0; i < one.Length; i++) sum += Math.Abs(one[i] - other[i]);
        return sum / one.Length;
    }

    // What a change of brightness and contrast does not explain; nothing after a plain picture, which explains nothing.
    private static float Change(float[] before, float[] now)
    {
        var (a, b) = (Centred(before), Centred(now));
        var square = TensorPrimitives.SumOfSquares<float>(a);
        if (Math.Sqrt(square) < PlainDeviation * Side) return 0;
        TensorPrimitives.MultiplyAdd(a, -TensorPrimitives.Dot<float>(a, b) / square, b, b);
        return TensorPrimitives.SumOfMagnitudes<float>(b) / b.Length;
    }

    // A plain picture looks like every other.
    private static float Correlation(float[] one, float[] other)
    {
        var (a, b) = (Centred(one), Centred(other));
        var (sizeA, sizeB) = (TensorPrimitives.Norm<float>(a), TensorPrimitives.Norm<float>(b));
        return Math.Min(sizeA, sizeB) < PlainDeviation * Side ? 1 : TensorPrimitives.Dot<float>(a, b) / (sizeA * sizeB);
    }

    private static float[] Centred(float[] values)
    {
        var centred = new float[values.Length];
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum<float>(values) / values.Length, centred);
        return centred;
    }
}
