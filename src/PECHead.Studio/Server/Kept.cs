using PECHead.Research.Data;
using PECHead.Studio.Models;
using PECHead.Studio.Views;

namespace PECHead.Studio.Server;

/// <summary>What a user takes along: the picture at its own size, and a film of the pose.</summary>
internal static class Kept
{
    private const double Rate = 25;
    private const int FramesToPose = 25;

    /// <summary>The picture of a view, every pixel kept.</summary>
    public static byte[] Picture(ModelStage stage, Photograph photograph, View view)
        => PictureEncoding.Png(stage.Head.Edit(stage.Source(photograph), [stage.Edit(photograph, view)], view.Whole).First());

    /// <summary>A film in which the photograph takes the pose, and leaves it again.</summary>
    /// <param name="stage">The model.</param>
    /// <param name="photograph">The source.</param>
    /// <param name="view">With the pose.</param>
    /// <param name="path">The .mp4 to make.</param>
    public static void Film(ModelStage stage, Photograph photograph, View view, string path)
    {
        _ = stage.Edit(photograph, view);
        var edits = Enumerable.Range(0, (2 * FramesToPose) + 1).Select(frame =>
        {
            var part = (1 - Math.Cos(Math.PI * frame / FramesToPose)) / 2;
            var values = view.Values.ToDictionary(value => value.Key, value => value.Key == "zoom" ? Math.Pow(value.Value, part) : part * value.Value);
            return (view with { Values = values }).Edit(stage.Head.Expressions);
        });
        VideoWriter? writer = null;
        try
        {
            foreach (var picture in stage.Head.Edit(stage.Source(photograph), edits, view.Whole))
            {
                writer ??= new VideoWriter(path, picture.Width, picture.Height, Rate);
                writer.Write(picture);
            }
            writer!.Complete();
        }
        finally
        {
            writer?.Dispose();
        }
    }
}
