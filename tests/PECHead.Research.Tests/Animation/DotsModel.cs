using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

/// <summary>
/// A model whose picture shows what it was asked for. Red: dots on the landmarks. Green: the source frame at half strength, brighter by
/// a step for every frame before. Blue: stripes of pitch, yaw and roll in the upper half, of the expression in the lower half.
/// </summary>
internal sealed class DotsModel : TalkingHeadModel
{
    /// <summary>What a frame before adds to the green.</summary>
    public const double Step = 0.05;

    private const double DotVariance = 0.004;

    public DotsModel() : base(nameof(DotsModel))
    {
    }

    /// <summary>Called before a frame is generated, with the number of those before it.</summary>
    public Action<int>? Generating { get; init; }

    /// <summary>Called when the motion of a frame is aligned, in any order of frames.</summary>
    public Action<FaceMotion>? Aligning { get; init; }

    public override int ImageSize => 64;

    public override SourceState EncodeSource(FaceFrame source) => new PecHeadSource(source, empty(0), source.Image * 0.5, [], null);

    public override MotionState ObserveMotion(SourceState source, FaceFrame driving) => new FaceMotion(driving.RequireFace(nameof(driving)), null);

    // Makes the points anew, so that something has to be freed.
    public override MotionState Align(SourceState source, MotionState motion)
    {
        var face = Own<FaceMotion>(motion, nameof(motion));
        Aligning?.Invoke(face);
        return face with { Face = face.Face with { Landmarks = new Keypoints(face.Face.Landmarks.Positions.clone()) } };
    }

    public override Research.Models.Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        using var scope = NewDisposeScope();
        var before = previous?.Hidden.clone() ?? zeros(source.Frame.size(0), 1, 1, 1);
        Generating?.Invoke((int)before[0].item<float>());
        var image = Draw(Own<PecHeadSource>(source, nameof(source)).Features, Own<FaceMotion>(motion, nameof(motion)).Face, before);
        var grid = CoordinateGrid.Create(ImageSize, ImageSize, ScalarType.Float32, CPU).expand(image.size(0), ImageSize, ImageSize, 2);
        var still = new MotionField(grid, ones_like(image.narrow(1, 0, 1)), empty(0));
        return new Research.Models.Generated(image, still, [], null, null, new PropagationState(empty(0), empty(0), before + 1)).MoveToOuterDisposeScope();
    }

    /// <summary>The picture of one frame [3, S, S].</summary>
    /// <param name="source">The source frame [3, S, S].</param>
    /// <param name="face">What is asked for.</param>
    /// <param name="before">Number of frames before.</param>
    public Tensor Expected(Tensor source, FaceState face, int before) => Draw(source.unsqueeze(0) * 0.5, face, full([1, 1, 1, 1], before))[0];

    private Tensor Draw(Tensor dimmed, FaceState face, Tensor before)
    {
        var red = GaussianHeatmap.Render(face.Landmarks, ImageSize, ImageSize, DotVariance).max(1, keepdim: true).values;
        var green = dimmed.narrow(1, 1, 1) + (before * Step);
        return cat([red, green, cat([Stripes(face.Pose.narrow(1, 0, 3)), Stripes(face.Expression)], 2)], 1).clamp(0, 1);
    }

    private Tensor Stripes(Tensor values)
    {
        var stripes = (0.5 + (0.5 * values)).repeat_interleave((ImageSize / values.size(1)) + 1, 1).narrow(1, 0, ImageSize);
        return stripes.unsqueeze(1).unsqueeze(1).expand(values.size(0), 1, ImageSize / 2, ImageSize);
    }
}
