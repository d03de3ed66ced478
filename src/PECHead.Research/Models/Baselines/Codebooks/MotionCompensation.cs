using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Refines a motion, scale by scale, by what a codebook of motion knows.</summary>
/// <remarks><b>Paper:</b> Synergizing Motion and Appearance, Sec. 3.3. Every sampling and resizing has its ends at pixel centres.</remarks>
internal sealed class MotionCompensation : nn.Module
{
    private const double Visible = 1e-6;   // so far from 0 and 1 an occlusion counts as it is

    [ComponentName(Name = "retrieval")] private readonly CodeRetrieval _retrieval;
    [ComponentName(Name = "embed")] private readonly Sequential _embed;
    [ComponentName(Name = "reconstruct")] private readonly Sequential _reconstruct;
    [ComponentName(Name = "encoder")] private readonly FlowEncoder _encoder;
    [ComponentName(Name = "context")] private readonly ModuleList<Conv2d> _context;
    [ComponentName(Name = "head")] private readonly FlowHead _head;
    [ComponentName(Name = "moved")] private readonly ModuleList<Conv2d> _moved;
    [ComponentName(Name = "points")] private readonly Conv2d _points;
    [ComponentName(Name = "query")] private readonly Conv2d _query;
    [ComponentName(Name = "token")] private readonly Conv2d _token;
    private readonly long _tokens;
    private readonly bool _doubleSigmoid;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public MotionCompensation(CodebookConfig config) : base(nameof(MotionCompensation))
    {
        static Conv2d Pointwise(long inChannels, long outChannels) => nn.Conv2d(inChannels, outChannels, 1);

        long size = config.MotionCodeSize;
        (_tokens, _doubleSigmoid) = (config.TokenSide, config.DoubleSigmoid);
        _retrieval = new CodeRetrieval(config.CodeCount, size, _tokens);
        _embed = nn.Sequential(CodecLayers.Conv(2, size), new CodecDown(size), new CodecResidual(size, size));
        _reconstruct = nn.Sequential(new CodecUp(size), new CodecResidual(size, size), CodecLayers.Norm(size), CodecLayers.Conv(size, 2));
        (_encoder, _head) = (new FlowEncoder(config), new FlowHead(config));
        (_context, _moved) = (new ModuleList<Conv2d>(), new ModuleList<Conv2d>());
        for (int scale = 0; scale < CodebookConfig.ScaleCount; scale++)
        {
            _context.Add(Pointwise(config.Channels(scale), ContextChannels(config)));
            _moved.Add(Pointwise(config.Channels(scale), size));
        }
        (_points, _query, _token) = (Pointwise(config.Estimator.KeypointCount, size), Pointwise(2 * size, size), Pointwise(2 * size, size));
        RegisterComponents();
    }

    /// <summary>The codebook of motion.</summary>
    public CodeRetrieval Retrieval => _retrieval;

    /// <summary>Channels of moved features beside the encoded flow.</summary>
    /// <param name="config">Sizes.</param>
    public static long ContextChannels(CodebookConfig config) => 3 * config.HeadChannels / 2;

    /// <summary>Where the points are, as the queries of all scales see it.</summary>
    /// <param name="heatmaps">Bumps of the driving points, [N, K, h, w].</param>
    /// <returns>[N, size, t, t].</returns>
    public Tensor Points(Tensor heatmaps)
    {
        using var scope = NewDisposeScope();
        return _points.call(Warping.ResizeMap(heatmaps, _tokens, _tokens)).relu().MoveToOuterDisposeScope();
    }

    /// <summary>Refines a motion at a scale, and keeps every step on the way.</summary>
    /// <param name="scale">0 is the smallest.</param>
    /// <param name="features">Features of the source at that scale, [N, C, H, W].</param>
    /// <param name="points">Of <see cref="Points"/>.</param>
    /// <param name="deformation">[N, h, w, 2].</param>
    /// <param name="occlusion">[N, 1, h, w].</param>
    public RefinedMotion Explain(int scale, Tensor features, Tensor points, Tensor deformation, Tensor occlusion)
    {
        using var scope = NewDisposeScope();
        long height = deformation.size(1), width = deformation.size(2);
        var warped = Warp(features, deformation);
        var query = _query.call(cat([Warping.ResizeMap(_moved[scale].call(warped), _tokens, _tokens).relu(), points], 1));
        var flow = Flow(deformation);
        var embedded = Embed(flow.detach());                                             // as published, no gradient reaches the motion this way
        var tokens = _token.call(cat([embedded, query], 1)).flatten(2).transpose(1, 2);
        var retrieved = _retrieval.Explain(tokens, scale);
        var map = retrieved[^1].transpose(1, 2).reshape(embedded.shape);
        var encoded = _encoder.call(Warping.ResizeMap(map, height, width), flow);
        var change = _head.call(encoded, Warping.ResizeMap(_context[scale].call(warped).relu(), height, width)).to(deformation.dtype);
        var moved = deformation + (change.narrow(1, 0, 2).permute(0, 2, 3, 1) / Pixels(deformation));
        // A sigmoid of a sigmoid lies between 0.5 and 0.73 without a change: published weights were trained so.
        // Next to 1, brain floats have no number below it, and the logit of 1 has no gradient.
        var before = _doubleSigmoid ? occlusion : special.logit(occlusion.Widened().clamp(Visible, 1 - Visible));
        return new RefinedMotion(query, embedded, retrieved, encoded, change, moved, (before + change.narrow(1, 2, 1)).sigmoid()).MoveToOuterDisposeScope();
    }

    /// <summary>The residual flow of a deformation as one token a place.</summary>
    /// <param name="flow">[N, 2, h, w], pixels.</param>
    /// <returns>[N, size, t, t].</returns>
    public Tensor Embed(Tensor flow) => _embed.call(flow);

    /// <summary>The residual flow that tokens stand for: what training compares.</summary>
    /// <param name="tokens">[N, size, t, t].</param>
    /// <returns>[N, 2, h, w], pixels.</returns>
    public Tensor Reconstruct(Tensor tokens) => _reconstruct.call(tokens);

    /// <summary>How far a deformation is from standing still.</summary>
    /// <param name="deformation">[N, h, w, 2].</param>
    /// <returns>[N, 2, h, w], pixels.</returns>
    public static Tensor Flow(Tensor deformation)
    {
        using var scope = NewDisposeScope();
        var grid = CoordinateGrid.CreateLike(deformation.size(1), deformation.size(2), deformation);
        return ((deformation - grid) * Pixels(deformation)).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Moves features.</summary>
    /// <param name="features">[N, C, H, W].</param>
    /// <param name="deformation">[N, h, w, 2].</param>
    public static Tensor Warp(Tensor features, Tensor deformation)
    {
        using var scope = NewDisposeScope();
        return Warping.Sample(features, Warping.ResizeDeformation(deformation, features.size(2), features.size(3)), alignCorners: true).MoveToOuterDisposeScope();
    }

    /// <summary>Pixels of a unit of a square deformation.</summary>
    /// <param name="deformation">[N, h, w, 2].</param>
    public static double Pixels(Tensor deformation) => (deformation.size(1) - 1) / 2.0;
}

/// <summary>What <see cref="MotionCompensation"/> made of a motion at a scale.</summary>
/// <param name="Query">What is asked of the codebook, [N, size, t, t].</param>
/// <param name="Embedded">The residual flow, in the same shape.</param>
/// <param name="Retrieved">Tokens behind each layer of the transformer, [N, T, size].</param>
/// <param name="Encoded">Flow and what was retrieved, [N, C, h, w].</param>
/// <param name="Change">[N, 3, h, w]: of the flow, in pixels, and of the occlusion.</param>
/// <param name="Deformation">[N, h, w, 2].</param>
/// <param name="Occlusion">[N, 1, h, w] in (0, 1).</param>
internal sealed record RefinedMotion(
    Tensor Query, Tensor Embedded, IReadOnlyList<Tensor> Retrieved, Tensor Encoded, Tensor Change, Tensor Deformation, Tensor Occlusion) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Query, Embedded, .. Retrieved, Encoded, Change, Deformation, Occlusion];
}
