using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Gathers the frames of clips that run side by side into windows that do not overlap, and has I3D look at them.</summary>
/// <param name="networks">Have I3D.</param>
internal sealed class StandardClips(StandardNetworks networks) : IDisposable
{
    private readonly List<Tensor> _frames = [];

    /// <summary>Takes in the next frames.</summary>
    /// <param name="images">[N, 3, S, S], one frame of each clip.</param>
    /// <param name="endsClips">Whether they are the last; an unfinished window is left out.</param>
    /// <returns>Features [N, D] of the windows that these frames complete; null where there are none.</returns>
    public Tensor? Next(Tensor images, bool endsClips)
    {
        _frames.Add(images.clone().DetachFromDisposeScope());
        Tensor? features = null;
        if (_frames.Count == FrameWindows.UsualLength)
        {
            using var clips = stack(_frames, 1);
            features = networks.ClipFeatures(clips);
        }
        if (features is not null || endsClips) Dispose();
        return features;
    }

    /// <summary>Forgets the frames of an unfinished window.</summary>
    public void Dispose()
    {
        foreach (var frame in _frames) frame.Dispose();
        _frames.Clear();
    }
}
