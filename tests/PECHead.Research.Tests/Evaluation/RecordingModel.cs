using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

/// <summary>A model that notes what it is asked for and gives the driving picture back.</summary>
internal sealed class RecordingModel : TalkingHeadModel
{
    public RecordingModel() : base(nameof(RecordingModel))
    {
    }

    /// <summary>Poses [N, 9] and expressions [N, E] that were asked for, moment by moment.</summary>
    public List<(float[] Pose, float[] Expression)> Asked { get; } = [];

    public override int ImageSize => 64;

    public override SourceState EncodeSource(FaceFrame source) => new(source, empty(0), empty(0), [], null);

    public override Keypoints? LocateKeypoints(SourceState source, FaceFrame driving) => null;

    public override Research.Models.Generated Animate(SourceState source, FaceFrame driving, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        Asked.Add((driving.Face.Pose.contiguous().data<float>().ToArray(), driving.Face.Expression.contiguous().data<float>().ToArray()));
        return new Research.Models.Generated(driving.Image, null!, [], null, null, null);
    }
}
