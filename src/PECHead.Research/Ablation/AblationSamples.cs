using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Observation;
using PECHead.Research.Runs;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Ablation;

/// <summary>The same held-out pairs by every setting: one row a pair; source, driving, then a column a setting.</summary>
/// <remarks><b>Paper:</b> PECHead, Fig. 10.</remarks>
public static class AblationSamples
{
    /// <summary>Driving frames up to the one shown, so that propagation has something to pass on. <b>Choice:</b> 4, T of training.</summary>
    private const int RunUp = 4;

    /// <summary>Draws the pairs whose frames differ most.</summary>
    /// <param name="models">Names of the columns and checkpoints; loaded one after the other.</param>
    /// <param name="store">Frames of the models' size.</param>
    /// <param name="rows">At most so many pairs, at most one a held-out clip.</param>
    /// <param name="device">Where to compute.</param>
    public static ImagePanel Draw(IReadOnlyList<(string Name, string Checkpoint)> models, FaceStore store, int rows, Device device)
    {
        var pairs = PairList.Reconstruction(store.Index).MostDistant(store.Frames, rows).Pairs;
        DrivenClip[] clips =
        [
            .. pairs.Select(pair => new DrivenClip(
                store.Index.ClipOf(pair.Source), [.. Enumerable.Range(1 - RunUp, RunUp).Select(back => Math.Max(pair.Source, pair.Driving + back))])),
        ];
        var columns = models.Select(model => Generate(model.Checkpoint, store, clips, device)).ToList();
        var panel = new ImagePanel(["source", "driving", .. models.Select(model => model.Name)]);
        foreach (var (row, pair) in pairs.Index())
        {
            panel.AddRow(
                store.Index.ClipOf(pair.Driving).Id,
                [store.Frames.ReadFrame(pair.Source), store.Frames.ReadFrame(pair.Driving), .. columns.Select(column => column[row])]);
        }
        return panel;
    }

    private static RgbImage[] Generate(string checkpoint, FaceStore store, DrivenClip[] clips, Device device)
    {
        using var model = RunCheckpoint.LoadModel(checkpoint, device);
        var images = new RgbImage[clips.Length];
        new ClipReconstruction([model], store, device, Precision.Full).Run(ClipReconstruction.Batches(clips, atOnce: 8), frames =>
        {
            if (!frames.IsLast) return;
            foreach (var (i, clip) in frames.Clips.Index())
                images[Array.IndexOf(clips, clip)] = FrameImage.FromTensor(frames.Generated[0][i]);
        });
        return images;
    }
}
