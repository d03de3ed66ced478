using PECHead.Research.Data;
using PECHead.Research.Metrics;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Reads landmarks, pose, expression and identity from frames with the embedded networks: one detection for all of them.</summary>
public sealed class FaceMeasurer : IDisposable
{
    /// <summary>
    /// Amount of a named expression (<see cref="FaceModel.ExpressionDirections.Amounts"/>) above which its action unit counts as present.
    /// <b>Choice:</b> a quarter: at a half, three of the seven never occur in the held-out frames of the embedded videos.
    /// </summary>
    public const double PresentAmount = 0.25;

    private readonly FaceObserver _observer;
    private readonly MeasurementCache? _kept;

    /// <summary>Reads the networks.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="device">Where they run.</param>
    /// <param name="keptIn">Folder where measurements of recorded frames are kept for the next evaluation; null: they are read every time.</param>
    /// <exception cref="DataException">A missing or damaged file.</exception>
    public FaceMeasurer(FaceNetworkFiles files, Device device, string? keptIn = null)
    {
        _observer = FaceObserver.Load(files, device: device);
        _kept = keptIn is null ? null : new MeasurementCache(keptIn, files, Units.Count);
    }

    /// <summary>The network behind landmarks, pose and action units.</summary>
    public static MetricNetwork Mesh { get; } = MetricNetwork.Embedded("mesh");

    /// <summary>The network behind identity.</summary>
    public static MetricNetwork Descriptor { get; } = MetricNetwork.Embedded("faceres");

    /// <summary>Names of the action units' proxies: the named expressions of the embedded face model.</summary>
    public IReadOnlyList<string> Units => _observer.Reconstructor.Directions.Names;

    /// <summary>Frames that <see cref="Recall"/> found in its folder, and those that it had to read.</summary>
    public (long Found, long Read) Recalled => _kept?.Recalled ?? default;

    /// <summary>Reads recorded frames, which the next evaluation will ask for again: each is read once and kept by its content.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <returns>As <see cref="Measure"/>.</returns>
    public FaceMeasurements Recall(Tensor frames) => _kept?.Recall(frames, Measure) ?? Measure(frames);

    /// <summary>Reads frames.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <returns>Landmarks in pixels, Euler angles in degrees, descriptors and action units of the largest face.</returns>
    public FaceMeasurements Measure(Tensor frames)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var observation = _observer.Describe(_observer.Observe(frames));
        var meshes = observation.Meshes!;
        var found = tensor(Enumerable.Range(0, meshes.Count).Select(meshes.Found).ToArray());
        var angles = observation.Coefficients.Angles * (180 / Math.PI);
        var units = _observer.Reconstructor.Directions.Amounts(observation.Coefficients).gt(PresentAmount).to(ScalarType.Float32);
        return new FaceMeasurements(
            new FoundValues(Landmarks68.FromMesh(meshes.FromPixelCentres()).narrow(2, 0, 2), found), new FoundValues(angles, found.clone()),
            new FoundValues(observation.Descriptor!, found.clone()), new FoundValues(units, found.clone())).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the networks.</summary>
    public void Dispose() => _observer.Dispose();
}

/// <summary>What was read in N frames.</summary>
/// <param name="Landmarks">[N, 68, 2] in pixels.</param>
/// <param name="Angles">[N, 3] in degrees: pitch, yaw, roll.</param>
/// <param name="Identity">[N, 1024].</param>
/// <param name="Units">[N, A], 1 where an action unit's proxy is present, else 0.</param>
public sealed record FaceMeasurements(FoundValues Landmarks, FoundValues Angles, FoundValues Identity, FoundValues Units) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [.. Landmarks.Tensors, .. Angles.Tensors, .. Identity.Tensors, .. Units.Tensors];

    /// <summary>The measurements of one frame, as views.</summary>
    /// <param name="frame">Index in the batch.</param>
    public FaceMeasurements Of(int frame) => new(Row(Landmarks, frame), Row(Angles, frame), Row(Identity, frame), Row(Units, frame));

    private static FoundValues Row(FoundValues measurements, int frame) => new(measurements.Values.narrow(0, frame, 1), measurements.Found.narrow(0, frame, 1));
}
