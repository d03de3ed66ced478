using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Observation;
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
    public static void Write(TalkingHeadModel model, FaceStore store, DrivenClip clip, string path, Device device)
    {
        var side = store.Frames.Size;
        using var writer = new VideoWriter(path, Columns * side, side, clip.Clip.Rate);
        new ClipReconstruction([model], store, device, Precision.Full).Run([[clip]], frames =>
        {
            writer.Write(FrameRow.Join(
                FrameImage.FromTensor(frames.Source[0]), FrameImage.FromTensor(frames.Driving[0]), FrameImage.FromTensor(frames.Generated[0][0])));
        });
        writer.Complete();
    }
}
