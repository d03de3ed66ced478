using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FaceToFace;

/// <summary>Face2Face-ρ: sketches of landmarks move a source frame, and a network for phones renders it in the pose of the driving head.</summary>
/// <remarks>
/// <b>Paper:</b> Yang et al., Face2Face-ρ: Real-Time High-Resolution One-Shot Face Reenactment, ECCV 2022. It is told of faces, so their pose and expression
/// are edited and transferred before, as for PECHead.
/// </remarks>
internal sealed class FaceToFaceModel : BaselineModel, IPicturedMotion
{
    /// <summary>How its weights are published.</summary>
    public static BaselineFormat Format { get; } = BaselineFormat.Of(
        "face2face-rho", "Face2Face-ρ", ("motion_net", "f1_motion.weight"), ["rendering_net", "motion_net"], [], [],
        (parts, _) => FaceToFaceConfig.Of(parts), config => new FaceToFaceModel(config)) with
    {
        Files = [new("*rendering_net*.pth", "", "rendering_net"), new("*motion_net*.pth", "", "motion_net")],
    };

    [ComponentName(Name = "rendering_net")] private readonly MobileRenderer _renderer;
    [ComponentName(Name = "motion_net")] private readonly PyramidMotion _motion;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public FaceToFaceModel(FaceToFaceConfig config) : base(nameof(FaceToFaceModel))
    {
        config.Validate();
        Config = config;
        _renderer = new MobileRenderer(config);
        _motion = new PyramidMotion(config);
        RegisterComponents();
    }

    /// <summary>The architecture.</summary>
    public FaceToFaceConfig Config { get; }

    /// <inheritdoc/>
    public override object Settings => Config;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <summary>Encodes and decodes.</summary>
    public MobileRenderer Renderer => _renderer;

    /// <summary>Finds the motion.</summary>
    public PyramidMotion Motion => _motion;

    /// <inheritdoc/>
    public override SketchSource EncodeSource(FaceFrame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var scope = NewDisposeScope();
        return Register(source, SketchFace.Of(source.RequireFace(nameof(source)), nameof(source))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override SketchFace ObserveMotion(SourceState source, FaceFrame driving)
    {
        var own = Own<SketchSource>(source, nameof(source));
        ArgumentNullException.ThrowIfNull(driving);
        var face = driving.RequireFace(nameof(driving));
        TensorGuard.Shape(face.Pose, nameof(driving), own.Frame.size(0), TensorGuard.Any);
        return SketchFace.Of(face, nameof(driving));
    }

    /// <inheritdoc/>
    public override Generated Generate(SourceState source, MotionState motion, PropagationState? previous = null, Tensor? frameFlow = null)
    {
        var (own, target) = (Own<SketchSource>(source, nameof(source)), Own<SketchFace>(motion, nameof(motion)));
        TensorGuard.Shape(target.Points, nameof(motion), own.Frame.size(0), SketchFace.PointCount, 2);
        TensorGuard.Shape(target.Pose, nameof(motion), own.Frame.size(0), SketchFace.PoseSize);
        using var scope = NewDisposeScope();
        var fields = _motion.Explain(Seen(own, Sketches(target, own.Frame)));
        var image = _renderer.Decode([.. own.Features.Select(map => _renderer.Move(map, fields.Fine))], target.Pose);
        var field = new MotionField(fields.Fine, ones_like(fields.Fine.narrow(3, 0, 1)).permute(0, 3, 1, 2), fields.Third);
        return new Generated((image + 1) / 2, field, [], own.Face.Keypoints?.Alias(), target.Keypoints?.Alias(), null).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string PictureTitle => "sketch";

    /// <inheritdoc/>
    /// <remarks>The finest of three sketches.</remarks>
    public Tensor Picture(FaceFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        using var scope = NewDisposeScope();
        return ((Sketches(SketchFace.Of(frame.RequireFace(nameof(frame)), nameof(frame)), frame.Image)[^1] + 1) / 2).MoveToOuterDisposeScope();
    }

    /// <summary>Computes what depends on the source alone.</summary>
    /// <param name="source">Frames of the model's size.</param>
    /// <param name="face">Their faces.</param>
    public SketchSource Register(FaceFrame source, SketchFace face)
    {
        TensorGuard.Input(this, source.Image, nameof(source), TensorGuard.Some, 3, ImageSize, ImageSize);
        TensorGuard.Shape(face.Pose, nameof(face), source.Image.size(0), SketchFace.PoseSize);
        using var scope = NewDisposeScope();
        var image = (2 * source.Image) - 1;
        Tensor[] reduced = [.. FaceToFaceConfig.Reductions.Select(times =>
            nn.functional.interpolate(image, [ImageSize / times, ImageSize / times], mode: InterpolationMode.Nearest))];
        return new SketchSource(source, face with { Points = face.Points.alias(), Pose = face.Pose.alias() }, _renderer.Encode(image, face.Pose), Sketches(face, image), reduced)
            .MoveToOuterDisposeScope();
    }

    /// <summary>What the motion network sees.</summary>
    /// <param name="source">The source.</param>
    /// <param name="driving">Sketches of the driving face, the coarsest first.</param>
    /// <returns>As <see cref="PyramidMotion.Explain"/> takes it.</returns>
    public static IReadOnlyList<Tensor> Seen(SketchSource source, IReadOnlyList<Tensor> driving)
        => [.. driving.Select((sketch, level) => cat([source.Sketches[level], sketch, source.Reduced[level]], 1))];

    /// <summary>Sketches of a face, the coarsest first.</summary>
    /// <param name="face">The face.</param>
    /// <param name="like">A frame of the type and device of the result.</param>
    public Tensor[] Sketches(SketchFace face, Tensor like)
        => [.. FaceToFaceConfig.Reductions.Select((times, level) => LandmarkSketch.Draw(face.Points.to(like.dtype), ImageSize / times, level))];
}

/// <summary>A source of <see cref="FaceToFaceModel"/>.</summary>
/// <param name="Source">Source frames with their faces; owned by the caller.</param>
/// <param name="Face">Points and pose of the face.</param>
/// <param name="Features">The frames as the renderer encodes them, four maps, the largest first.</param>
/// <param name="Sketches">Sketches of the face, the coarsest first.</param>
/// <param name="Reduced">The frames at the sizes of the sketches, in [-1, 1].</param>
internal sealed record SketchSource(
    FaceFrame Source, SketchFace Face, IReadOnlyList<Tensor> Features, IReadOnlyList<Tensor> Sketches, IReadOnlyList<Tensor> Reduced) : SourceState(Source)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Face.Tensors, .. Features, .. Sketches, .. Reduced];
}
