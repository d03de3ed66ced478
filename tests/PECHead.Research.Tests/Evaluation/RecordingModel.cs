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

    /// <summary>In what modes motions were put on the source.</summary>
    public List<MotionMode> Transferred { get; } = [];

    public override int ImageSize => 64;

    public override SourceState EncodeSource(FaceFrame source) => new PlainSource(source);

    public override MotionState ObserveMotion(SourceState source, FaceFrame driving)
    {
        var face = driving.RequireFace(nameof(driving));
        Asked.Add((face.Pose.contiguous().data<float>().ToArray(), face.Expression.contiguous().data<float>().ToArray()));
        return new PlainMotion(driving);
    }

    public override MotionState Transfer(MotionMode mode, SourceState source, MotionState driving, MotionState first)
    {
        Transferred.Add(mode);
        return driving;
    }

    public override Research.Models.Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
        => new(Own<PlainMotion>(motion, nameof(motion)).Driving.Image.alias(), Still(source.Frame), [], null, null, null);

    private static Research.Motion.MotionField Still(Tensor frames) => new(zeros(frames.size(0), 1, 1, 2), ones(frames.size(0), 1, 1, 1), empty(0));
}

/// <summary>A source of which nothing is computed.</summary>
internal sealed record PlainSource(FaceFrame Source) : SourceState(Source)
{
    public override IEnumerable<Tensor> Tensors => [];
}

/// <summary>A driving frame as it is.</summary>
internal sealed record PlainMotion(FaceFrame Driving) : MotionState
{
    public override Keypoints? Keypoints => null;

    public override IEnumerable<Tensor> Tensors => [];
}
