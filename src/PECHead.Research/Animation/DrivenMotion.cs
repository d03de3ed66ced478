using PECHead.Research.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>Follows the face of a driving video and says, frame by frame, what the source is to do.</summary>
/// <remarks>A frame without a face repeats the motion of the frame before it.</remarks>
internal sealed class DrivenMotion : IDisposable
{
    private readonly MotionMode _mode;
    private readonly FaceCoefficients _source;
    private readonly CoefficientFilter? _filter;
    private FaceCoefficients? _first;
    private FaceCoefficients? _last;

    /// <summary>Begins before the first driving frame.</summary>
    /// <param name="mode">What is transferred.</param>
    /// <param name="source">Coefficients of the source; owned by the caller.</param>
    /// <param name="filter">Steadies the driving face; null takes it as it is found.</param>
    public DrivenMotion(MotionMode mode, FaceCoefficients source, CoefficientFilter? filter = null) => (_mode, _source, _filter) = (mode, source, filter);

    /// <summary>Driving frames so far in which no face was found.</summary>
    public int Missed { get; private set; }

    /// <summary>The target of the next driving frame.</summary>
    /// <param name="driving">Coefficients of the frame, score 0 where there is no face.</param>
    /// <returns>Coefficients of the source's identity.</returns>
    /// <exception cref="Data.DataException">The first frame has no face.</exception>
    public FaceCoefficients Next(FaceCoefficients driving)
    {
        driving = _filter?.Next(driving) ?? driving;
        if (driving.Score[0].ToDouble() == 0)
        {
            Missed++;
            return _last ?? throw new Data.DataException("no face was found in the first frame of the driving video", null, "Cut the video so that it begins with a face.");
        }
        _first ??= Keep(driving);
        var target = Keep(MotionTransfer.Transfer(_mode, _source, driving, _first));
        _last?.Dispose();
        return _last = target;
    }

    /// <summary>Frees what was kept.</summary>
    public void Dispose()
    {
        _first?.Dispose();
        _last?.Dispose();
    }

    private static FaceCoefficients Keep(FaceCoefficients coefficients)
    {
        using var scope = NewDisposeScope();
        return new FaceCoefficients(
            coefficients.Identity.clone(), coefficients.Expression.clone(), coefficients.Angles.clone(), coefficients.Translation.clone(),
            coefficients.Crop.clone(), coefficients.Score.clone()).DetachFromDisposeScope();
    }
}
