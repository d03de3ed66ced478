using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>A held-out clip as a video: source, driving and generated frame side by side.</summary>
public static class ReconstructionVideo
{
    private const int Columns = 3;

    /// <summary>Reconstructs a clip from its first frame and writes the video.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="store">Frames of the model's size.</param>
    /// <param name="clip">Which frames.</param>
    /// <param name="path">The MP4 to make or replace.</param>
    /// <param name="device">Where to compute.</param>
    public static void Write(TalkingHeadModel model, FrameStore store, StoredClip clip, string path, Device device)
    {
        var side = store.Size;
        var source = store.ReadFrame(clip.First);
        using var reenactment = new Reenactment(model, source, MotionMode.Absolute, device, Precision.Full);
        using var writer = new VideoWriter(path, Columns * side, side, clip.Rate);
        var row = new RgbImage(Columns * side, side);
        for (var frame = clip.First; frame < clip.End; frame++)
        {
            var driving = store.ReadFrame(frame);
            Paste(row, 0, source);
            Paste(row, side, driving);
            Paste(row, 2 * side, reenactment.Next(driving));
            writer.Write(row);
        }
        writer.Complete();
    }

    private static void Paste(RgbImage row, int left, RgbImage image)
    {
        for (var y = 0; y < image.Height; y++)
        {
            image.Pixels.Slice(y * image.Width * 3, image.Width * 3).CopyTo(row.Pixels[(((y * row.Width) + left) * 3)..]);
        }
    }
}
