using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.ArticulatedAnimation;

/// <summary>Estimates how the background moves between two frames, as one affine map.</summary>
/// <remarks><b>Paper:</b> Articulated Animation, Sec. 3.4. It begins with the identity. Where another video animates a source the background stays.</remarks>
internal sealed class BackgroundPredictor : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Its name in files.</summary>
    public const string Part = "bg_predictor";

    [ComponentName(Name = "encoder")] private readonly ModuleList<DownBlock> _encoder;
    [ComponentName(Name = "fc")] private readonly Linear _affine;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public BackgroundPredictor(ArticulatedConfig config) : base(nameof(BackgroundPredictor))
    {
        int Width(int level) => Math.Min(config.MaxChannels, config.BackgroundExpansion << level);

        _encoder = new ModuleList<DownBlock>();
        for (int i = 0; i < config.BackgroundDepth; i++)
            _encoder.Add(new DownBlock(i == 0 ? 6 : Width(i), Width(i + 1)));
        _affine = nn.Linear(Width(config.BackgroundDepth), 6);
        PlaneAffine.BeginAtIdentity(_affine);
        RegisterComponents();
    }

    /// <summary>Estimates the motion.</summary>
    /// <param name="input1">Source frames [N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="input2">Driving frames of the same shape.</param>
    /// <returns>[N, 2, 3]: from driving to source positions.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var features = cat([input1, input2], 1);
        foreach (var block in _encoder)
            features = block.call(features);
        return PlaneAffine.Of(_affine, features.mean([2, 3])).MoveToOuterDisposeScope();
    }
}
