using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Training;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>
/// Animates a source picture frame by frame. Its features and points are computed once, whatever the length of the
/// driving video.
/// </summary>
/// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.4, for the relative mode.</remarks>
public sealed class Reenactment : IDisposable
{
    private readonly TalkingHeadModel _model;
    private readonly SourceState _source;
    private readonly Tensor _frame;
    private readonly Device _device;
    private readonly Precision _precision;
    private readonly MotionMode _mode;
    private Keypoints? _first;
    private double _scale = 1;

    /// <summary>Encodes the source.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="source">A square picture of the model's size.</param>
    /// <param name="mode">How to move it.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    public Reenactment(TalkingHeadModel model, RgbImage source, MotionMode mode, Device device, Precision precision)
    {
        (_model, _mode, _device, _precision) = (model, mode, device, precision);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var arithmetic = Accelerator.MixedPrecision(device, precision);
        _frame = FrameBatch.FromImages([source], device).DetachFromDisposeScope();
        _source = model.EncodeSource(_frame).DetachFromDisposeScope();
    }

    /// <summary>Generates the frame for the next driving frame.</summary>
    /// <param name="driving">A square picture of the model's size.</param>
    public RgbImage Next(RgbImage driving)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var arithmetic = Accelerator.MixedPrecision(_device, _precision);
        var points = _model.LocateKeypoints(_source, FrameBatch.FromImages([driving], _device));
        var target = _mode == MotionMode.Relative ? Transfer(points) : points;
        return FrameImage.FromTensor(_model.Animate(_source, target).Image[0]);
    }

    /// <summary>Frees the source's features.</summary>
    public void Dispose()
    {
        _source.Dispose();
        _frame.Dispose();
        _first?.Positions.Dispose();
    }

    // k = k_s + a (k_d - k_d0), a the ratio of the sizes of the two sets of points.
    private Keypoints Transfer(Keypoints points)
    {
        if (_first is null)
        {
            _first = new Keypoints(points.Positions.clone().DetachFromDisposeScope());
            _scale = Math.Sqrt(HullArea(_source.Keypoints) / HullArea(points));
        }
        return new Keypoints(_source.Keypoints.Positions + (_scale * (points.Positions - _first.Value.Positions)));
    }

    private static double HullArea(Keypoints points)
        => ConvexHull.Area(points.Positions[0].to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray());
}
