using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Propagation;
using PECHead.Research.Training;
using PECHead.Research.Visualization;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>
/// Animates a source picture frame by frame. Its features are computed once, whatever the length of the driving video, and
/// memory does not grow with it.
/// </summary>
public sealed class Reenactment : IDisposable
{
    private readonly TalkingHeadModel _model;
    private readonly IFaceReconstructor _reconstructor;
    private readonly FaceFrame _frame;
    private readonly SourceState _source;
    private readonly Device _device;
    private readonly Precision _precision;
    private PropagationState? _context;

    /// <summary>Encodes the source.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="reconstructor">The one that the model was trained with.</param>
    /// <param name="source">A square picture of the model's size.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <exception cref="DataException">There is no face in the source.</exception>
    public Reenactment(TalkingHeadModel model, IFaceReconstructor reconstructor, RgbImage source, Device device, Precision precision)
    {
        (_model, _reconstructor, _device, _precision) = (model, reconstructor, device, precision);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var batch = Observe(source);
        if (batch.Coefficients.Score[0].ToDouble() == 0)
            throw new DataException("no face was found in the source picture", null, "Use a picture in which the face is well lit, seen from the front and at least a third of the frame.");
        Source = batch.Coefficients.DetachFromDisposeScope();
        var frame = batch.AsSource(reconstructor);
        _frame = new FaceFrame(frame.Image.DetachFromDisposeScope(), frame.Face.DetachFromDisposeScope());
        using var arithmetic = Accelerator.MixedPrecision(device, precision);
        _source = model.EncodeSource(_frame).DetachFromDisposeScope();
    }

    /// <summary>The source's own identity, pose and expression.</summary>
    public FaceCoefficients Source { get; }

    /// <summary>Finds the face of a frame.</summary>
    /// <param name="frame">A square picture.</param>
    /// <returns>The picture and its coefficients; their score is 0 where there is no face.</returns>
    public FaceBatch Observe(RgbImage frame)
    {
        using var quiet = no_grad();
        var image = FrameBatch.FromImages([frame], _device);
        return new FaceBatch(image, _reconstructor.Reconstruct(image));
    }

    /// <summary>Generates the next frame of the animation.</summary>
    /// <param name="target">Coefficients of one frame, for instance those of <see cref="MotionTransfer"/>.</param>
    /// <param name="driving">The driving frame, for models that look at it; null where there is none.</param>
    public RgbImage Next(FaceCoefficients target, Tensor? driving = null)
    {
        AmbientCancellation.ThrowIfStopped();
        FaceCoefficients.Require(target, nameof(target));
        if (driving is not null)
            TensorGuard.Shape(driving, nameof(driving), 1, 3, _model.ImageSize, _model.ImageSize);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var face = FaceBatch.State(_reconstructor, Source.WithMotionOf(target));
        using var arithmetic = Accelerator.MixedPrecision(_device, _precision);
        var generated = _model.Animate(_source, new FaceFrame(driving ?? _frame.Image, face), _context);
        _context?.Dispose();
        _context = generated.Context?.DetachFromDisposeScope();
        return FrameImage.FromTensor(generated.Image[0]);
    }

    /// <summary>Frees the source's features.</summary>
    public void Dispose()
    {
        _context?.Dispose();
        _source.Dispose();
        _frame.Image.Dispose();
        _frame.Face.Landmarks.Positions.Dispose();
        _frame.Face.Pose.Dispose();
        _frame.Face.Expression.Dispose();
        Source.Dispose();
    }
}
