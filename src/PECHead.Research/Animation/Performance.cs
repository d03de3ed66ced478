using PECHead.Research.Data;
using PECHead.Research.Observation;
using TorchSharp;

namespace PECHead.Research.Animation;

/// <summary>A driving video and the portraits that follow it, from the first shot to the last.</summary>
/// <param name="video">The video; owned by the caller.</param>
/// <param name="portraits">What follows; owned by the caller.</param>
/// <param name="drives">Whether the faces of the video drive the model; otherwise its frames do.</param>
/// <param name="observer">Observes faces; null where none are looked for.</param>
/// <param name="device">Where frames go.</param>
internal sealed class Performance(DrivingVideo video, IReadOnlyList<AnimatedPortrait> portraits, bool drives, FaceObserver? observer, torch.Device device)
{
    /// <summary>The pictures of every frame, one for each portrait, in the order of time. The faces are observed before the first.</summary>
    /// <param name="progress">Receives the number of steps done, and of all: a frame observed, a frame generated.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="DataException">No face in any frame, where faces drive.</exception>
    public IEnumerable<RgbImage[]> Pictures(IProgress<(int Done, int Count)>? progress, CancellationToken cancellation)
    {
        var observed = drives || (observer is not null && video.SeeksReference);
        if (observed) video.Observe(observer!, drives, progress, cancellation);
        foreach (var shot in video.Shots)
        {
            video.Begin(shot, portraits, drives, observer?.Reconstructor, device);
            foreach (var pictures in ShotPictures.Of(video.Frames(shot), portraits, drives ? (index, portrait) => shot.Faces!.At(index, portrait.Rest!) : null, device))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return pictures;
                progress?.Report(video.Step(observed));
            }
        }
    }
}
