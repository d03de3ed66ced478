using PECHead.Research.Data;
using PECHead.Research.Observation;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Poses, mouths and expressions of a data set, one value for every frame with a face.</summary>
public sealed class FaceStatistics
{
    /// <summary>Inner lips, above and below, and the outer corners of the eyes, among the 68 landmarks.</summary>
    private static readonly (int UpperLip, int LowerLip, int LeftEye, int RightEye) Mouth = (62, 66, 36, 45);

    private FaceStatistics(IReadOnlyList<HistogramData> quantities, int frames)
    {
        Quantities = quantities;
        Frames = frames;
    }

    /// <summary>Pitch, yaw and roll in degrees; the mouth's opening over the distance of the outer eye corners; every named expression; seconds of each clip last.</summary>
    public IReadOnlyList<HistogramData> Quantities { get; }

    /// <summary>Frames of the store, with and without a face.</summary>
    public int Frames { get; }

    /// <summary>Frames with a face.</summary>
    public int Found => Quantities[0].Values.Count;

    /// <summary>Reads a prepared store; no network runs.</summary>
    /// <param name="store">Frames and their faces.</param>
    public static FaceStatistics Of(FaceStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        int[] frames = [.. Enumerable.Range(0, store.Frames.FrameCount).Where(store.Track.HasFace)];
        var faces = store.Track.Select(frames, CPU);
        var degrees = faces.Angles * (180 / Math.PI);
        var directions = store.Reconstructor.Directions;
        var amounts = directions.Amounts(faces);
        var quantities = new List<HistogramData>
        {
            new("pitch, °", Column(degrees, 0), -60, 60),
            new("yaw, °", Column(degrees, 1), -60, 60),
            new("roll, °", Column(degrees, 2), -60, 60),
            new("mouth opening", Values(Opening(store.Reconstructor.Landmarks(faces))), 0, 0.6),
        };
        quantities.AddRange(directions.Names.Select((name, i) => new HistogramData(name.Replace('_', ' '), Column(amounts, i), 0, 1)));
        float[] seconds = [.. store.Index.Clips.Select(clip => (float)(clip.Count / clip.Rate))];
        quantities.Add(new HistogramData("clips, s", seconds, 0, Math.Ceiling(seconds.Append(1).Max())));
        return new FaceStatistics(quantities, store.Frames.FrameCount);
    }

    /// <summary>The histograms as a figure.</summary>
    public HistogramFigure Plot() => new(Quantities);

    private static Tensor Opening(Tensor landmarks)
    {
        Tensor Distance(int from, int to) => (landmarks.select(1, from) - landmarks.select(1, to)).norm(1);
        return Distance(Mouth.UpperLip, Mouth.LowerLip) / Distance(Mouth.LeftEye, Mouth.RightEye).clamp_min(1e-6);
    }

    private static float[] Column(Tensor table, int column) => Values(table.select(1, column));

    private static float[] Values(Tensor values) => FrameImage.Values(values);
}
