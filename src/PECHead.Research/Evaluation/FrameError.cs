using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>One number that says how wrong a generated frame is, for curves over time and for finding the worst frames.</summary>
/// <remarks><b>Choice:</b> the metric of the task that every frame has: L1, ARD where no frame is known that should come out, ARE, AUH.</remarks>
internal static class FrameError
{
    private static readonly double[] Front = [0, 0, 0];

    /// <summary>The metric's name.</summary>
    public static string NameOf(EvaluationTask task) => task switch
    {
        EvaluationTask.Reconstruction => "L1",
        EvaluationTask.Reenactment => FaceMeasurer.Mesh.Label("ARD"),
        EvaluationTask.Frontalization => FaceMeasurer.Mesh.Label("ARE"),
        _ => FaceMeasurer.Mesh.Label("AUH"),
    };

    /// <summary>The error of one frame.</summary>
    /// <param name="task">What was to be done.</param>
    /// <param name="generated">[1, 3, S, S], RGB in [0, 1].</param>
    /// <param name="driving">Of the same shape.</param>
    /// <param name="faces">Of one frame; null where no faces are read.</param>
    /// <returns>NaN where it cannot be measured.</returns>
    public static double Of(EvaluationTask task, Tensor generated, Tensor driving, MeasuredFrames? faces) => (task, faces) switch
    {
        (EvaluationTask.Reconstruction, _) => Of(new MeanAbsoluteError(), metric => metric.Update(generated, driving)),
        (_, null) => double.NaN,
        (EvaluationTask.Reenactment, _) => Of(PoseDistance.ToDriving(FaceMeasurer.Mesh), metric => metric.Update(faces.Generated.Angles, faces.Driving.Angles)),
        (EvaluationTask.Frontalization, _) => Of(PoseDistance.ToTarget(FaceMeasurer.Mesh), metric => metric.Update(faces.Generated.Angles, Front)),
        _ => Of(new ActionUnitDistance(FaceMeasurer.Mesh), metric => metric.Update(faces.Generated.Units, faces.Driving.Units)),
    };

    private static double Of<T>(T metric, Action<T> update)
        where T : Metric
    {
        update(metric);
        return metric.HasValue ? metric.Compute() : double.NaN;
    }
}
