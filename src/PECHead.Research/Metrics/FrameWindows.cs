using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>
/// Features of short videos from features of their frames: windows of consecutive frames that do not overlap, of each the mean
/// and the mean absolute change from frame to frame. What the Fréchet distance of videos is taken over where there is no network
/// for videos.
/// </summary>
/// <remarks>
/// <b>Choice:</b> 16 frames a window, as FVD is usually taken. The first half is what FID sees, averaged; the second half knows
/// of time: frames in another order, frozen ones and flicker move it and leave the first where it is. Any features of a window
/// would give a Fréchet distance that is zero for equal sets; its size says nothing beside an FVD by I3D, so the metric carries
/// the name of its network.
/// </remarks>
/// <param name="dimensions">D, length of a frame's feature vector.</param>
/// <param name="length">Frames of a window, at least 2.</param>
public sealed class FrameWindows(int dimensions, int length = FrameWindows.UsualLength)
{
    /// <summary>Frames of a window, unless said otherwise.</summary>
    public const int UsualLength = 16;

    private readonly double[][] _frames = new double[length >= 2 ? length : throw new ArgumentOutOfRangeException(nameof(length), length, "A window needs two frames.")][];
    private int _count;
    private bool _isWhole = true;

    /// <summary>Length of a window's feature vector: 2·D.</summary>
    public int Dimensions => 2 * dimensions;

    /// <summary>Takes in the next frames of the clip.</summary>
    /// <param name="frames">Measurements [N, D] of N consecutive frames.</param>
    /// <returns>Measurements [W, 2·D] of the windows that these frames complete, often none; a window with a frame without a face counts as one without.</returns>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public FoundValues Update(FoundValues frames)
    {
        frames.Require(nameof(frames), dimensions);
        var windows = new List<double>();
        var found = new List<bool>();
        foreach (var (row, isFound) in frames.Rows().Zip(frames.Present()))
        {
            _frames[_count++] = row;
            _isWhole &= isFound;
            if (_count < _frames.Length) continue;
            windows.AddRange(Summary());
            found.Add(_isWhole);
            EndClip();
        }
        using var scope = NewDisposeScope();
        return new FoundValues(tensor(windows.ToArray(), [found.Count, Dimensions]), tensor(found.ToArray())).MoveToOuterDisposeScope();
    }

    /// <summary>Ends a clip: what follows is another one, and the frames of an unfinished window are left out.</summary>
    public void EndClip() => (_count, _isWhole) = (0, true);

    private double[] Summary()
    {
        var summary = new double[Dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            for (int t = 0; t < _frames.Length; t++)
            {
                summary[i] += _frames[t][i] / _frames.Length;
                if (t > 0)
                    summary[dimensions + i] += Math.Abs(_frames[t][i] - _frames[t - 1][i]) / (_frames.Length - 1);
            }
        }
        return summary;
    }
}
