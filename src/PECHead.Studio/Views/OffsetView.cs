using PECHead.Research.Models;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Studio.Views;

/// <summary>Where the deformable convolution of a branch looks for one pixel.</summary>
/// <param name="Branch">Name of the branch.</param>
/// <param name="Rows">Rows of its features: its level.</param>
/// <param name="Columns">Columns of its features.</param>
/// <param name="Row">Row of the pixel.</param>
/// <param name="Column">Column of the pixel.</param>
/// <param name="LargestWeight">The greatest weight of any pixel.</param>
/// <param name="Samples">Group, place without offset (column, row), place with it, and weight, of every tap of every group, in pixels of the features.</param>
internal sealed record OffsetView(string Branch, int Rows, int Columns, int Row, int Column, double LargestWeight, IReadOnlyList<double[]> Samples);

/// <summary>The deformable offsets of a frame, kept to be asked for by place.</summary>
internal sealed class FrameOffsets
{
    private readonly (string Branch, DeformableSamples Samples)[] _branches;

    /// <summary>Copies the offsets out of a frame.</summary>
    /// <param name="generated">One frame.</param>
    public FrameOffsets(Generated generated)
    {
        using var scope = NewDisposeScope();
        _branches = [.. generated.Branches.Where(branch => branch.Aligned is { Offsets: not null, Modulation: not null })
            .Select(branch => (branch.Name, new DeformableSamples(branch.Aligned.Offsets![0], branch.Aligned.Modulation![0], side: 3, dilation: 1)))];
    }

    /// <summary>Where the branches look for the pixel at a place.</summary>
    /// <param name="x">From the left, in [0, 1] of the frame.</param>
    /// <param name="y">From the top, in [0, 1] of the frame.</param>
    public IReadOnlyList<OffsetView> At(double x, double y) => [.. _branches.Select(branch =>
    {
        var samples = branch.Samples;
        int row = Math.Clamp((int)(y * samples.Rows), 0, samples.Rows - 1), column = Math.Clamp((int)(x * samples.Columns), 0, samples.Columns - 1);
        double[] Sample(int group, int tap)
        {
            var (regular, at) = (samples.Regular(row, column, tap), samples.At(row, column, group, tap));
            return [group, Round(regular.Column), Round(regular.Row), Round(at.Column), Round(at.Row), Round(at.Weight)];
        }
        return new OffsetView(
            branch.Branch, samples.Rows, samples.Columns, row, column, samples.LargestWeight,
            [.. Enumerable.Range(0, samples.Groups * samples.Taps).Select(sample => Sample(sample / samples.Taps, sample % samples.Taps))]);
    })];

    private static double Round(double value) => Math.Round(value, 3);
}
