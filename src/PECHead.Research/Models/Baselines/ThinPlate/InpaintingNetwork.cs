using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Encodes a source frame and decodes it moved; at every resolution the moved features are masked and joined in.</summary>
/// <remarks><b>Paper:</b> Thin-Plate Spline Motion Model, Sec. 3.4. Every sampling and resizing has its ends at pixel centres.</remarks>
internal sealed class InpaintingNetwork : nn.Module
{
    private const int OuterKernel = 7;
    private const int Blocks = 2;   // residual blocks of a resolution

    [ComponentName(Name = "first")] private readonly NormalizedBlock _first;
    [ComponentName(Name = "down_blocks")] private readonly ModuleList<NormalizedBlock> _down;
    [ComponentName(Name = "up_blocks")] private readonly ModuleList<NormalizedBlock> _up;
    [ComponentName(Name = "resblock")] private readonly ModuleList<PreActivationBlock> _residual;
    [ComponentName(Name = "final")] private readonly Conv2d _final;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public InpaintingNetwork(SplineConfig config) : base(nameof(InpaintingNetwork))
    {
        long Width(int level) => Math.Min(config.MaxFeatures, (long)config.BaseChannels << level);

        _first = InstanceBlock.Same(3, Width(0), OuterKernel);
        _down = new ModuleList<NormalizedBlock>();
        _up = new ModuleList<NormalizedBlock>();
        _residual = new ModuleList<PreActivationBlock>();
        for (int i = 0; i < SplineConfig.DownBlocks; i++)
            _down.Add(InstanceBlock.Down(Width(i), Width(i + 1)));
        for (int i = SplineConfig.DownBlocks; i > 0; i--)
        {
            // Behind the first, what the step before gave and the moved features lie side by side.
            long channels = (i == SplineConfig.DownBlocks ? 1 : 2) * Width(i);
            for (int j = 0; j < Blocks; j++)
                _residual.Add(InstanceBlock.Residual(channels));
            _up.Add(InstanceBlock.Up(channels, Width(i - 1)));
        }
        _final = nn.Conv2d(Width(0), 3, OuterKernel, padding: OuterKernel / 2);
        RegisterComponents();
    }

    /// <summary>Encodes frames.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <returns>Features of each resolution, the largest first.</returns>
    public IReadOnlyList<Tensor> Encode(Tensor frames)
    {
        using var scope = NewDisposeScope();
        var levels = new List<Tensor> { _first.call(frames) };
        foreach (var block in _down)
            levels.Add(block.call(levels[^1]));
        return levels.ConvertAll(level => level.MoveToOuterDisposeScope());
    }

    /// <summary>Moves encoded frames and hides what is occluded.</summary>
    /// <param name="levels">What <see cref="Encode"/> gave.</param>
    /// <param name="deformation">[N, h, w, 2].</param>
    /// <param name="occlusions">A map for each level, the smallest first.</param>
    /// <returns>Features of each resolution, the smallest first.</returns>
    public static IReadOnlyList<Tensor> Move(IReadOnlyList<Tensor> levels, Tensor deformation, IReadOnlyList<Tensor> occlusions)
    {
        using var scope = NewDisposeScope();
        return [.. levels.Reverse().Zip(occlusions, (level, occlusion) => (Warp(level, deformation) * Fitted(occlusion, level)).MoveToOuterDisposeScope())];
    }

    /// <summary>Hides what is occluded in features that are not moved.</summary>
    /// <param name="levels">What <see cref="Encode"/> gave.</param>
    /// <param name="occlusions">As for <see cref="Move"/>.</param>
    /// <returns>Features of each resolution, the smallest first.</returns>
    public static IReadOnlyList<Tensor> Mask(IReadOnlyList<Tensor> levels, IReadOnlyList<Tensor> occlusions)
    {
        using var scope = NewDisposeScope();
        return [.. levels.Reverse().Zip(occlusions, (level, occlusion) => (level * Fitted(occlusion, level)).MoveToOuterDisposeScope())];
    }

    /// <summary>Decodes moved frames.</summary>
    /// <param name="source">Source frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="moved">What <see cref="Move"/> gave for them.</param>
    /// <param name="deformation">[N, h, w, 2].</param>
    /// <param name="occlusion">The largest map.</param>
    /// <returns>Frames [N, 3, H, W], RGB in (0, 1), and the same with what each decoder step gave.</returns>
    public InpaintingSteps Decode(Tensor source, IReadOnlyList<Tensor> moved, Tensor deformation, Tensor occlusion)
    {
        using var scope = NewDisposeScope();
        var (residual, raised) = (new List<Tensor>(), new List<Tensor>());
        var features = moved[0];
        for (int i = 0; i < _up.Count; i++)
        {
            for (int j = 0; j < Blocks; j++)
                features = _residual[(i * Blocks) + j].call(features);
            residual.Add(features);
            raised.Add(features = _up[i].call(features));
            if (i + 1 < _up.Count) features = cat([features, moved[i + 1]], 1);
        }
        occlusion = Fitted(occlusion, features);
        var logits = _final.call((features * (1 - occlusion)) + moved[^1]);
        var image = (logits.sigmoid() * (1 - occlusion)) + (Warp(source, deformation) * occlusion);
        return new InpaintingSteps(residual, raised, logits, image).MoveToOuterDisposeScope();
    }

    /// <summary>Moves maps of any size.</summary>
    /// <param name="features">[N, C, H, W].</param>
    /// <param name="deformation">[N, h, w, 2].</param>
    public static Tensor Warp(Tensor features, Tensor deformation)
    {
        using var scope = NewDisposeScope();
        return Warping.Sample(features, Warping.ResizeDeformation(deformation, features.size(2), features.size(3)), alignCorners: true).MoveToOuterDisposeScope();
    }

    private static Tensor Fitted(Tensor occlusion, Tensor features) => Warping.ResizeMap(occlusion, features.size(2), features.size(3));
}

/// <summary>The steps of an <see cref="InpaintingNetwork"/>.</summary>
/// <param name="Residual">What the residual blocks of each resolution gave, the smallest first.</param>
/// <param name="Raised">The same, doubled.</param>
/// <param name="Logits">Before the sigmoid, [N, 3, H, W].</param>
/// <param name="Image">Frames [N, 3, H, W], RGB in (0, 1).</param>
internal sealed record InpaintingSteps(IReadOnlyList<Tensor> Residual, IReadOnlyList<Tensor> Raised, Tensor Logits, Tensor Image) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [.. Residual, .. Raised, Logits, Image];
}
