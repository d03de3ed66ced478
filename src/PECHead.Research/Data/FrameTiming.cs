using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>Which frame of a file is shown at every step of a constant rate.</summary>
/// <param name="Rate">Frames per second.</param>
/// <param name="Count">Number of steps.</param>
/// <param name="Shown">Index in the file of the frame at each step; null: the file's frames one by one.</param>
/// <param name="Note">What was done; null where nothing had to be.</param>
internal sealed record FrameTiming(double Rate, int Count, int[]? Shown, string? Note)
{
    private const double GreatestNominal = 60;
    private const double SameRate = 0.01;
    private const double WholeFrame = 0.15;

    /// <summary>Fits a rate to the times of frames.</summary>
    /// <param name="times">Seconds at which the frames are presented, in order; at least one.</param>
    /// <param name="lastSeconds">How long the last frame is shown, where the file says so; otherwise 0.</param>
    /// <param name="nominal">Frames per second that the file says all times are multiples of; 0 where unknown. Some containers guess it.</param>
    /// <param name="average">Frames per second that the file states; 0 where unknown.</param>
    /// <param name="wanted">The rate that the user wants; null: the file's.</param>
    /// <remarks>
    /// <b>Choice:</b> frames stand at a constant rate when none is off by more than a quarter of a frame. Otherwise a frame is shown from
    /// the step nearest to its time on, so that picture and sound stay within half a frame of each other. Two cameras in one picture give
    /// pairs of frames a moment apart: a frequent rate above 60 counts only where there are so many frames on average.
    /// </remarks>
    public static FrameTiming Of(IReadOnlyList<double> times, double lastSeconds, double nominal, double average, double? wanted)
    {
        var count = times.Count;
        var stated = average > 0 ? average : nominal > 0 ? nominal : VideoInfo.FolderRate;
        if (count == 1) return new FrameTiming(wanted ?? stated, 1, null, null);
        var mean = (times[^1] - times[0]) / (count - 1);
        var even = mean > 0 && Enumerable.Range(0, count).All(i => Math.Abs(times[i] - times[0] - (i * mean)) <= mean / 4);
        var own = mean <= 0 ? stated : even ? Stated(1 / mean, average, nominal) : Typical(times, nominal);
        if ((even || mean <= 0) && (wanted is null || Math.Abs(wanted.Value - own) < SameRate * own / 10)) return new FrameTiming(own, count, null, null);
        var rate = wanted ?? own;
        var last = lastSeconds > 0 ? lastSeconds : 1 / own;
        var steps = Math.Max(1, (int)Math.Round((times[^1] - times[0] + last) * rate));
        var shown = new int[steps];
        for (int step = 0, frame = 0; step < steps; shown[step++] = frame)
        {
            while (frame + 1 < count && (times[frame + 1] - times[0]) * rate <= step + 0.5) frame++;
        }
        var note = even
            ? string.Create(CultureInfo.InvariantCulture, $"{own:0.###} frames/s, read at {rate:0.###}")
            : string.Create(CultureInfo.InvariantCulture, $"the frame rate varies ({count} frames at {1 / mean:0.##} frames/s on average); read at {rate:0.###} frames/s, {steps} frames, in step with the sound");
        return new FrameTiming(rate, steps, shown, note);
    }

    // Containers round times to milliseconds; what the file states is exact where it is the same.
    private static double Stated(double measured, double average, double nominal) =>
        new[] { average, nominal }.FirstOrDefault(rate => Math.Abs(rate - measured) <= SameRate * measured, measured);

    private static double Typical(IReadOnlyList<double> times, double nominal)
    {
        double[] intervals = [.. Enumerable.Range(1, times.Count - 1).Select(i => times[i] - times[i - 1]).Where(interval => interval > 0)];
        var mode = intervals.GroupBy(interval => Math.Round(interval * 500)).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First().Average();
        var frequent = 1 / intervals.Where(interval => Math.Abs(interval - mode) <= mode / 10).Average();
        var mean = (times.Count - 1) / (times[^1] - times[0]);
        var fits = 2 * intervals.Count(interval => IsWhole(interval * nominal)) >= intervals.Length;
        return nominal >= 1 && fits && (nominal <= GreatestNominal || nominal <= 2 * frequent) ? nominal : Math.Min(frequent, Math.Max(GreatestNominal, mean));
    }

    private static bool IsWhole(double frames) => Math.Round(frames) >= 1 && Math.Abs(frames - Math.Round(frames)) <= WholeFrame;
}
