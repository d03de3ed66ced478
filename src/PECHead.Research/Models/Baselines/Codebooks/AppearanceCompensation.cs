using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Completes moved features, scale by scale, by what a codebook of appearance knows.</summary>
/// <remarks><b>Paper:</b> Synergizing Motion and Appearance, Sec. 3.3. At every scale there are as many tokens: a token is a square of the map.</remarks>
internal sealed class AppearanceCompensation : nn.Module
{
    [ComponentName(Name = "retrieval")] private readonly CodeRetrieval _retrieval;
    [ComponentName(Name = "embed")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _embed;
    [ComponentName(Name = "restore")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _restore;
    private readonly long _tokens;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public AppearanceCompensation(CodebookConfig config) : base(nameof(AppearanceCompensation))
    {
        long size = config.AppearanceCodeSize;
        _tokens = config.TokenSide;
        _retrieval = new CodeRetrieval(config.CodeCount, size, _tokens);
        _embed = new ModuleList<nn.Module<Tensor, Tensor>>(nn.Conv2d(size, size, 1));
        _restore = new ModuleList<nn.Module<Tensor, Tensor>>(nn.Conv2d(size, size, 1));
        for (int scale = 1; scale < CodebookConfig.ScaleCount; scale++)
        {
            long numbers = (long)config.Channels(scale) << (2 * scale);
            _embed.Add(nn.Linear(numbers, size));
            _restore.Add(nn.Linear(size, numbers));
        }
        RegisterComponents();
    }

    /// <summary>The codebook of appearance.</summary>
    public CodeRetrieval Retrieval => _retrieval;

    /// <summary>Completes features at a scale, and keeps every step on the way.</summary>
    /// <param name="scale">0 is the smallest.</param>
    /// <param name="features">Features of the source at that scale, [N, C, H, W].</param>
    /// <param name="deformation">[N, h, w, 2].</param>
    /// <param name="occlusion">[N, 1, h, w].</param>
    /// <param name="completes">Whether to ask the codebook; otherwise the moved features stay as they are.</param>
    public CompletedFeatures Explain(int scale, Tensor features, Tensor deformation, Tensor occlusion, bool completes = true)
    {
        using var scope = NewDisposeScope();
        var visible = Warping.ResizeMap(occlusion, features.size(2), features.size(3)).to(features.dtype);
        var warped = MotionCompensation.Warp(features, deformation) * visible;
        if (!completes) return new CompletedFeatures(warped, [], warped.alias()).MoveToOuterDisposeScope();
        var retrieved = _retrieval.Explain(Tokens(scale, warped), scale, Inside(deformation));
        return new CompletedFeatures(warped, retrieved, Restore(scale, retrieved[^1])).MoveToOuterDisposeScope();
    }

    /// <summary>Features as one token a place.</summary>
    /// <param name="scale">0 is the smallest.</param>
    /// <param name="features">[N, C, H, W].</param>
    /// <returns>[N, T, size].</returns>
    public Tensor Tokens(int scale, Tensor features)
    {
        using var scope = NewDisposeScope();
        if (scale == 0) return _embed[scale].call(features).flatten(2).transpose(1, 2).MoveToOuterDisposeScope();
        var squares = features.reshape(features.size(0), features.size(1), _tokens, 1 << scale, _tokens, 1 << scale);
        return _embed[scale].call(squares.permute(0, 2, 4, 3, 5, 1).flatten(3).flatten(1, 2)).MoveToOuterDisposeScope();
    }

    /// <summary>The features that tokens stand for.</summary>
    /// <param name="scale">0 is the smallest.</param>
    /// <param name="tokens">[N, T, size].</param>
    /// <returns>[N, C, H, W].</returns>
    public Tensor Restore(int scale, Tensor tokens)
    {
        using var scope = NewDisposeScope();
        long n = tokens.size(0), side = _tokens << scale;
        if (scale == 0) return _restore[scale].call(tokens.transpose(1, 2).reshape(n, -1, side, side)).MoveToOuterDisposeScope();
        var squares = _restore[scale].call(tokens).reshape(n, _tokens, _tokens, 1 << scale, 1 << scale, -1);
        return squares.permute(0, 5, 1, 3, 2, 4).reshape(n, -1, side, side).MoveToOuterDisposeScope();
    }

    // A place that looks beyond the source has nothing to show to the others.
    private Tensor Inside(Tensor deformation)
    {
        using var scope = NewDisposeScope();
        return (Warping.ResizeDeformation(deformation, _tokens, _tokens).abs() <= 1).all(-1).flatten(1).MoveToOuterDisposeScope();
    }
}

/// <summary>What <see cref="AppearanceCompensation"/> made of features at a scale.</summary>
/// <param name="Warped">Moved, and dark where they are occluded, [N, C, H, W].</param>
/// <param name="Retrieved">Tokens behind each layer of the transformer, [N, T, size]; none where it was not asked.</param>
/// <param name="Features">[N, C, H, W].</param>
internal sealed record CompletedFeatures(Tensor Warped, IReadOnlyList<Tensor> Retrieved, Tensor Features) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Warped, .. Retrieved, Features];
}
