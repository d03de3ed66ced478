using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>3-D convolution whose output has ⌈size / stride⌉ steps, batch normalisation of ε = 0.001, ReLU.</summary>
internal sealed class VideoUnit : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-3;

    [ComponentName(Name = "conv3d")] private readonly Conv3d _convolution;
    [ComponentName(Name = "bn")] private readonly BatchNorm3d _norm;
    private readonly long[] _kernel;
    private readonly long[] _stride;

    public VideoUnit(long inChannels, long outChannels, long kernel, long stride = 1) : base(nameof(VideoUnit))
    {
        _convolution = nn.Conv3d(inChannels, outChannels, (kernel, kernel, kernel), (stride, stride, stride), bias: false);
        _norm = nn.BatchNorm3d(outChannels, Epsilon);
        (_kernel, _stride) = ([kernel, kernel, kernel], [stride, stride, stride]);
        RegisterComponents();
    }

    /// <summary>3-D maximum with the same padding; padded zeros take part, which is right behind a ReLU.</summary>
    public static Tensor MaxPool(Tensor input, long[] kernel, long[] stride)
    {
        using var padded = Pad(input, kernel, stride);
        return nn.functional.max_pool3d(padded, kernel, stride);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _norm.call(_convolution.call(Pad(input, _kernel, _stride))).relu_().MoveToOuterDisposeScope();
    }

    // TensorFlow's "SAME": as many zeros as the last window lacks, the odd one behind.
    private static Tensor Pad(Tensor input, long[] kernel, long[] stride)
    {
        var padding = new List<long>();
        for (int axis = 2; axis >= 0; axis--)
        {
            long size = input.size(axis + 2), over = size % stride[axis];
            long total = Math.Max(kernel[axis] - (over == 0 ? stride[axis] : over), 0);
            padding.AddRange([total / 2, total - total / 2]);
        }
        return nn.functional.pad(input, [.. padding]);
    }
}
