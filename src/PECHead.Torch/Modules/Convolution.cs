using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The parameters and geometry that convolutions share.</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly long[] _padding;

    private protected Convolution(
        string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, long[] dilation,
        PaddingModes padding_mode, long groups, bool bias, Device? device, ScalarType? dtype)
        : base(name)
    {
        if (in_channels <= 0 || out_channels <= 0 || groups <= 0 || in_channels % groups != 0 || out_channels % groups != 0)
        {
            throw new ArgumentException($"{name}: {in_channels} input and {out_channels} output channels do not divide into {groups} groups");
        }
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        _padding = padding;
        this.dilation = dilation;
        this.padding_mode = padding_mode;
        this.groups = groups;
        weight = new Parameter(empty([out_channels, in_channels / groups, .. kernel_size], dtype, device));
        register_parameter("weight", weight);
        if (bias)
        {
            this.bias = new Parameter(empty([out_channels], dtype, device));
            register_parameter("bias", this.bias);
        }
        reset_parameters();
    }

    public long in_channels { get; }

    public long out_channels { get; }

    public long[] kernel_size { get; set; }

    public long[] stride { get; set; }

    public long[]? padding => _padding;

    public long[] dilation { get; set; }

    public PaddingModes padding_mode { get; set; }

    public long groups { get; set; }

    public Parameter weight { get; set; }

    public Parameter? bias { get; set; }

    /// <summary>PyTorch's default: uniform within 1/√fan_in for weight and bias.</summary>
    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is null) return;
        var bound = 1 / Math.Sqrt(nn.init.CalculateFanInAndFanOut(weight).fanIn);
        nn.init.uniform_(bias, -bound, bound);
    }
}

/// <summary>A 2-D convolution of <c>[N, C, H, W]</c>.</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(
        long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, long[] dilation, PaddingModes padding_mode,
        long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype)
    {
    }

    public override Tensor forward(Tensor input)
    {
        if (padding_mode == PaddingModes.Zeros)
        {
            return nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
        }
        using var padded = nn.functional.pad(input, [padding![1], padding[1], padding[0], padding[0]], padding_mode);
        return nn.functional.conv2d(padded, weight, bias, stride, null, dilation, groups);
    }
}

/// <summary>A 3-D convolution of <c>[N, C, T, H, W]</c>.</summary>
public sealed class Conv3d : Convolution
{
    internal Conv3d(
        long in_channels, long out_channels, long[] kernel_size, long[] stride, long[] padding, long[] dilation, PaddingModes padding_mode,
        long groups, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv3d), in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias, device, dtype)
    {
    }

    public override Tensor forward(Tensor input)
    {
        if (padding_mode == PaddingModes.Zeros)
        {
            return nn.functional.conv3d(input, weight, bias, stride, padding, dilation, groups);
        }
        using var padded = nn.functional.pad(
            input, [padding![2], padding[2], padding[1], padding[1], padding[0], padding[0]], padding_mode);
        return nn.functional.conv3d(padded, weight, bias, stride, null, dilation, groups);
    }
}
