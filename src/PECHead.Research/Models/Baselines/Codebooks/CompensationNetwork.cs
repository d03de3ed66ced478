using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Encodes a source frame, compensates its motion and its moved features at four scales, and decodes.</summary>
/// <remarks><b>Paper:</b> Synergizing Motion and Appearance, Sec. 3.</remarks>
internal sealed class CompensationNetwork : nn.Module
{
    /// <summary>Its name in files.</summary>
    public const string Part = "net_g";

    [ComponentName(Name = "encoder")] private readonly FrameEncoder _encoder;
    [ComponentName(Name = "generator")] private readonly FrameDecoder _decoder;
    [ComponentName(Name = "motion")] private readonly MotionCompensation _motion;
    [ComponentName(Name = "appearance")] private readonly AppearanceCompensation _appearance;
    [ComponentName(Name = "fusion")] private readonly ModuleList<FeatureFusion> _fusion;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public CompensationNetwork(CodebookConfig config) : base(nameof(CompensationNetwork))
    {
        (_encoder, _decoder) = (new FrameEncoder(config), new FrameDecoder(config));
        (_motion, _appearance) = (new MotionCompensation(config), new AppearanceCompensation(config));
        _fusion = new ModuleList<FeatureFusion>();
        for (int scale = 1; scale < CodebookConfig.ScaleCount; scale++) _fusion.Add(new FeatureFusion(config.Channels(scale)));
        RegisterComponents();
    }

    /// <summary>Refines motions.</summary>
    public MotionCompensation Motion => _motion;

    /// <summary>Completes features.</summary>
    public AppearanceCompensation Appearance => _appearance;

    /// <summary>Encodes frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <returns>Features of each scale, the smallest first.</returns>
    public IReadOnlyList<Tensor> Encode(Tensor frames) => _encoder.Encode(frames);

    /// <summary>As <see cref="Encode"/>, for the published losses of the codes.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [-1, 1].</param>
    public IReadOnlyList<Tensor> EncodeEarly(Tensor frames) => _encoder.EncodeEarly(frames);

    /// <summary>Weights of the last convolution.</summary>
    public Parameter LastWeight => _decoder.LastWeight;

    /// <summary>Compensates motion and features at every scale.</summary>
    /// <param name="levels">Of <see cref="Encode"/>.</param>
    /// <param name="field">The motion that the points give.</param>
    /// <param name="heatmaps">Bumps of the driving points, [N, K, h, w].</param>
    /// <param name="parts">What is compensated.</param>
    /// <returns>What each scale made of them, the smallest first; the motion of the last is that of the frame.</returns>
    public IReadOnlyList<CompensatedScale> Compensate(IReadOnlyList<Tensor> levels, MotionField field, Tensor heatmaps, Compensation parts = Compensation.All)
    {
        using var scope = NewDisposeScope();
        var points = _motion.Points(heatmaps);
        var (deformation, occlusion) = (field.Deformation, field.Occlusion);
        var scales = new List<CompensatedScale>();
        foreach (var level in levels)
        {
            var refined = parts.HasFlag(Compensation.Motion) ? _motion.Explain(scales.Count, level, points, deformation, occlusion) : null;
            if (refined is not null) (deformation, occlusion) = (refined.Deformation, refined.Occlusion);
            scales.Add(new CompensatedScale(refined, _appearance.Explain(scales.Count, level, deformation, occlusion, parts.HasFlag(Compensation.Appearance))));
        }
        return scales.ConvertAll(step => step.MoveToOuterDisposeScope());
    }

    /// <summary>Decodes compensated features.</summary>
    /// <param name="features">Those of each scale, the smallest first. The smallest alone is what training decodes a second time.</param>
    /// <returns>Frames [N, 3, H, W], RGB around [-1, 1].</returns>
    public Tensor Decode(IReadOnlyList<Tensor> features)
        => _decoder.Decode(features[0], (scale, decoded) => scale < features.Count ? _fusion[scale - 1].call(decoded, features[scale]) : decoded);
}

/// <summary>A scale of <see cref="CompensationNetwork.Compensate"/>.</summary>
/// <param name="Motion">The motion up to this scale; null where it was not compensated.</param>
/// <param name="Appearance">The features of this scale.</param>
internal sealed record CompensatedScale(RefinedMotion? Motion, CompletedFeatures Appearance) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [.. Motion?.Tensors ?? [], .. Appearance.Tensors];
}
