using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>What a model sees and does, pair by pair: source, driving, keypoints, flow, occlusion, result.</summary>
public static class ReconstructionPanel
{
    private static readonly string[] Columns =
        ["source", "driving", "source points", "driving points", "flow", "occlusion", "generated"];

    /// <summary>Draws pairs.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the model's size.</param>
    /// <param name="pairs">One row each.</param>
    /// <param name="title">Heading.</param>
    /// <param name="captions">Lines below.</param>
    /// <param name="device">Where to compute.</param>
    public static ImagePanel Draw(
        TalkingHeadModel model, FaceStore store, PairList pairs, string title, IReadOnlyList<string> captions, Device device)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var source = store.Read(pairs.Sources(), device);
        var driving = store.Read(pairs.Drivings(), device);
        var generated = model.call(source.AsSource(store.Reconstructor), driving.AsDriving(source.Coefficients, store.Reconstructor));
        var points = generated.MovingPoints;
        var panel = new ImagePanel(Columns) { Title = title, Captions = captions };
        for (var i = 0; i < pairs.Pairs.Count; i++)
        {
            var (from, to) = (FrameImage.FromTensor(source.Image[i]), FrameImage.FromTensor(driving.Image[i]));
            panel.AddRow(
                store.Index.ClipOf(pairs.Pairs[i].Driving).Id, from, to,
                points is { Source: var at } ? KeypointOverlay.Draw(from, at.Positions[i]) : from,
                points is { Driving: var goal } ? KeypointOverlay.Draw(to, goal.Positions[i]) : to,
                FlowColors.Render(generated.Motion.Deformation[i]),
                MapColors.Render(generated.Motion.Occlusion[i, 0]),
                FrameImage.FromTensor(generated.Image[i]));
        }
        return panel;
    }
}
