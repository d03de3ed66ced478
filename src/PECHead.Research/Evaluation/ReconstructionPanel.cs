using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Training;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>What a model sees and does, pair by pair: source, driving, keypoints, flow, occlusion, result.</summary>
public static class ReconstructionPanel
{
    private static readonly string[] Columns =
        ["source", "driving", "source keypoints", "driving keypoints", "flow", "occlusion", "generated"];

    /// <summary>Draws pairs.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the model's size.</param>
    /// <param name="pairs">One row each.</param>
    /// <param name="title">Heading.</param>
    /// <param name="captions">Lines below.</param>
    /// <param name="device">Where to compute.</param>
    public static ImagePanel Draw(
        TalkingHeadModel model, FrameStore store, PairList pairs, string title, IReadOnlyList<string> captions, Device device)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var source = FrameBatch.Read(store, pairs.Sources(), device);
        var driving = FrameBatch.Read(store, pairs.Drivings(), device);
        var generated = ReconstructionEvaluation.Generate(model, source, driving, device, Precision.Full);
        var panel = new ImagePanel(Columns) { Title = title, Captions = captions };
        for (var i = 0; i < pairs.Pairs.Count; i++)
        {
            var (from, to) = (FrameImage.FromTensor(source[i]), FrameImage.FromTensor(driving[i]));
            panel.AddRow(
                ClipOf(store, pairs.Pairs[i].Driving), from, to,
                KeypointOverlay.Draw(from, generated.SourceKeypoints.Positions[i]),
                KeypointOverlay.Draw(to, generated.DrivingKeypoints.Positions[i]),
                FlowColors.Render(generated.Motion.Deformation[i]),
                MapColors.Render(generated.Motion.Occlusion[i, 0]),
                FrameImage.FromTensor(generated.Image[i]));
        }
        return panel;
    }

    private static string ClipOf(FrameStore store, int frame)
        => store.Index.Clips.First(clip => frame >= clip.First && frame < clip.End).Id;
}
