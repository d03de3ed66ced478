using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Training;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>Animates a picture with First Order Motion Model, frame by frame, by what the driving points have moved since the first frame.</summary>
/// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.4, with the movement scaled by the size of the two faces, as its demo does.</remarks>
public sealed class FirstOrderReenactment : IDisposable
{
    private readonly FirstOrderModel _model;
    private readonly Device _device;
    private readonly Tensor _source;
    private readonly AffineKeypoints _sourcePoints;
    private AffineKeypoints? _first;
    private double _scale;

    /// <summary>Locates the source's points.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="source">A square picture of the model's size.</param>
    /// <param name="device">Where to compute.</param>
    public FirstOrderReenactment(FirstOrderModel model, RgbImage source, Device device)
    {
        (_model, _device) = (model, device);
        using var quiet = no_grad();
        _source = FrameBatch.FromImages([source], device).DetachFromDisposeScope();
        _sourcePoints = model.Locate(_source).DetachFromDisposeScope();
    }

    /// <summary>Generates the frame for the next driving frame.</summary>
    /// <param name="driving">A square picture of the model's size.</param>
    public RgbImage Next(RgbImage driving)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var points = _model.Locate(FrameBatch.FromImages([driving], _device));
        if (_first is null)
        {
            _first = points.DetachFromDisposeScope();
            _scale = Math.Sqrt(Area(_sourcePoints) / Area(points));
        }
        var target = AffineKeypoints.Relative(_sourcePoints, points, _first.Value, _scale);
        return FrameImage.FromTensor(_model.Animate(_source, _sourcePoints, target)[0]);
    }

    /// <summary>Frees the source's tensors.</summary>
    public void Dispose()
    {
        _source.Dispose();
        foreach (var points in new[] { _sourcePoints, _first ?? _sourcePoints })
        {
            points.Positions.Dispose();
            points.Jacobians.Dispose();
        }
    }

    private static double Area(AffineKeypoints points)
    {
        using var local = points.Positions.to(ScalarType.Float64).cpu().reshape(-1).contiguous();
        return ConvexHull.Area(local.data<double>().ToArray());
    }
}
