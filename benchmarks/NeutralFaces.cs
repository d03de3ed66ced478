using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>The model that the Python peer has, with faces that it does not look at.</summary>
internal static class NeutralFaces
{
    /// <summary>Keypoints found in each frame, as the peer finds them.</summary>
    public static AblationSetting Setting { get; } = AblationSettings.Kp with { Id = "kp-detected", Origin = KeypointOrigin.Detected };

    public static MeshReconstructor Reconstructor() => new(FaceModelFile.Load(FaceModelFile.EmbeddedPath));

    public static FaceObservation Batch(Tensor frames, MeshReconstructor reconstructor) => new(frames, reconstructor.Neutral(frames.size(0), frames.device));
}
