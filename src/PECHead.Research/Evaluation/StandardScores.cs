using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>The metrics of one method under the literature's own names, as far as they make sense on a task.</summary>
/// <remarks>What is compared with what is as in <see cref="FaceScores"/>. FID, LPIPS and AED see whole frames, FVD clips of 16, CSIM aligned faces.</remarks>
internal sealed class StandardScores
{
    private readonly EvaluationTask _task;
    private readonly StandardNetworks _networks;
    private readonly FrechetMetric? _frames;
    private readonly FrechetMetric? _clips;
    private readonly IdentitySimilarity? _identity;
    private readonly AverageEmbeddingDistance? _embedding;
    private readonly PerceptualDistance[] _perceptual = [];

    /// <param name="task">What the method does.</param>
    /// <param name="networks">What there is to measure with.</param>
    /// <param name="withFaces">Whether it is known where the faces are, which CSIM needs.</param>
    public StandardScores(EvaluationTask task, StandardNetworks networks, bool withFaces)
    {
        (_task, _networks) = (task, networks);
        if (task != EvaluationTask.ExpressionTransfer) _frames = networks.Frames();
        if (task is EvaluationTask.Reconstruction or EvaluationTask.Reenactment) _clips = networks.Clips();
        if (withFaces) _identity = networks.Identity();
        if (task != EvaluationTask.Reconstruction) return;
        _embedding = networks.Embedding();
        _perceptual = [.. networks.Perceptual()];
    }

    /// <summary>What is measured.</summary>
    public IReadOnlyList<Metric> Metrics => [.. new Metric?[] { _frames, _clips, _identity, _embedding }.OfType<Metric>(), .. _perceptual];

    /// <summary>Has the networks look at frames, as far as a metric here needs it.</summary>
    /// <param name="images">[N, 3, S, S].</param>
    /// <param name="landmarks">Where the faces are; null where that is not known.</param>
    public StandardMeasurements Measure(Tensor images, FoundValues? landmarks) => new(
        _frames is null ? null : _networks.FrameFeatures(images), _identity is null || landmarks is null ? null : _networks.Recognize(images, landmarks.Value),
        _embedding is null ? null : _networks.Embed(images));

    /// <summary>The window of frames for FVD; null where that is not measured.</summary>
    public StandardClips? Window() => _clips is null ? null : new StandardClips(_networks);

    /// <summary>Takes in one moment.</summary>
    /// <param name="generated">What was read in the generated frames.</param>
    /// <param name="source">In the source frames.</param>
    /// <param name="driving">In the driving frames.</param>
    public void Update(StandardMeasurements generated, StandardMeasurements source, StandardMeasurements driving)
    {
        _frames?.UpdateGenerated(generated.Frames!);
        _frames?.UpdateReal((_task == EvaluationTask.Frontalization ? source : driving).Frames!);
        _identity?.Update(generated.Identity!.Value, (_task == EvaluationTask.Reconstruction ? driving : source).Identity!.Value);
        _embedding?.Update(generated.Embedding!.Value, driving.Embedding!.Value);
    }

    /// <summary>Compares pictures.</summary>
    /// <param name="generated">[N, 3, S, S].</param>
    /// <param name="driving">The same.</param>
    public void Update(Tensor generated, Tensor driving)
    {
        foreach (var metric in _perceptual) metric.Update(generated, driving);
    }

    /// <summary>Takes in finished windows.</summary>
    /// <param name="generated">Features [N, D] of generated clips.</param>
    /// <param name="driving">Of driving clips.</param>
    public void UpdateClips(Tensor generated, Tensor driving)
    {
        _clips!.UpdateGenerated(generated);
        _clips.UpdateReal(driving);
    }
}

/// <summary>What the literature's networks read in N frames; null where nobody asked.</summary>
/// <param name="Frames">[N, 2048] for FID.</param>
/// <param name="Identity">[N, 512] for CSIM.</param>
/// <param name="Embedding">[N, 128] for AED.</param>
internal sealed record StandardMeasurements(Tensor? Frames, FoundValues? Identity, FoundValues? Embedding) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [.. new[] { Frames }.OfType<Tensor>(), .. Identity?.Tensors ?? [], .. Embedding?.Tensors ?? []];
}
