using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Layers of the autoencoder that have no module of their own.</summary>
/// <remarks><b>Paper:</b> Esser et al., Taming Transformers for High-Resolution Image Synthesis, CVPR 2021 (VQGAN).</remarks>
internal static class CodecLayers
{
    private const long MostGroups = 32;
    private const double Epsilon = 1e-6;

    /// <summary>Normalises groups of channels: 32 of them, or each channel alone where there are fewer.</summary>
    /// <param name="channels">Channels of the features.</param>
    public static GroupNorm Norm(long channels)
    {
        var norm = nn.GroupNorm(Math.Min(MostGroups, channels), channels, Epsilon);
        // TorchSharp leaves what lay in memory there.
        nn.init.ones_(norm.weight!);
        nn.init.zeros_(norm.bias!);
        return norm;
    }

    /// <summary>A 3x3 convolution that keeps the size.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public static Conv2d Conv(long inChannels, long outChannels) => nn.Conv2d(inChannels, outChannels, 3, padding: 1);
}

/// <summary>x + Conv(Swish(Norm(Conv(Swish(Norm(x)))))), the skip by a 1x1 convolution where the channels change.</summary>
internal sealed class CodecResidual : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")] private readonly GroupNorm _norm1;
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "norm2")] private readonly GroupNorm _norm2;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "conv_out")] private readonly Conv2d? _skip;

    /// <summary>Builds the block.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    public CodecResidual(long inChannels, long outChannels) : base(nameof(CodecResidual))
    {
        (_norm1, _conv1) = (CodecLayers.Norm(inChannels), CodecLayers.Conv(inChannels, outChannels));
        (_norm2, _conv2) = (CodecLayers.Norm(outChannels), CodecLayers.Conv(outChannels, outChannels));
        if (inChannels != outChannels) _skip = nn.Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, inChannels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _conv1.call(nn.functional.silu(_norm1.call(input)));
        features = _conv2.call(nn.functional.silu(_norm2.call(features)));
        return features.add_(_skip?.call(input) ?? input).MoveToOuterDisposeScope();
    }
}

/// <summary>Every pixel of a map looks at all of them, and what it finds is added.</summary>
internal sealed class CodecAttention : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm")] private readonly GroupNorm _norm;
    [ComponentName(Name = "q")] private readonly Conv2d _query;
    [ComponentName(Name = "k")] private readonly Conv2d _key;
    [ComponentName(Name = "v")] private readonly Conv2d _value;
    [ComponentName(Name = "proj_out")] private readonly Conv2d _out;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public CodecAttention(long channels) : base(nameof(CodecAttention))
    {
        Conv2d Pointwise() => nn.Conv2d(channels, channels, 1);
        _norm = CodecLayers.Norm(channels);
        (_query, _key, _value, _out) = (Pointwise(), Pointwise(), Pointwise(), Pointwise());
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, C, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _norm.call(input);
        Tensor Pixels(Conv2d layer) => layer.call(features).flatten(2).transpose(1, 2).unsqueeze(1);      // [N, 1, HW, C]
        var found = nn.functional.scaled_dot_product_attention(Pixels(_query), Pixels(_key), Pixels(_value));
        return (input + _out.call(found.squeeze(1).transpose(1, 2).reshape(input.shape))).MoveToOuterDisposeScope();
    }
}

/// <summary>Halves both sides by a 3x3 convolution; one row and column of zeros lie behind the last.</summary>
internal sealed class CodecDown : nn.Module<Tensor, Tensor>
{
    private static readonly long[] Behind = [0, 1, 0, 1];

    [ComponentName(Name = "conv")] private readonly Conv2d _conv;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public CodecDown(long channels) : base(nameof(CodecDown))
    {
        _conv = nn.Conv2d(channels, channels, 3, 2);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, C, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _conv.call(nn.functional.pad(input, Behind)).MoveToOuterDisposeScope();
    }
}

/// <summary>Doubles both sides and smooths by a 3x3 convolution.</summary>
internal sealed class CodecUp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly Conv2d _conv;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public CodecUp(long channels) : base(nameof(CodecUp))
    {
        _conv = CodecLayers.Conv(channels, channels);
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, C, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _conv.call(Upsampling.Nearest(input)).MoveToOuterDisposeScope();
    }
}
