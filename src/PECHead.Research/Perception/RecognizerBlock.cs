using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>A residual block of the recogniser, plain or halving the size; the scales behind its convolutions are folded into them.</summary>
/// <remarks>
/// The halving block starts with an unpadded convolution of stride 2; its branch is filled up with zeros at the bottom and
/// right to the size of the shortcut, an average of 2x2 pixels whose missing channels are zero.
/// </remarks>
internal sealed class RecognizerBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _first;
    [ComponentName(Name = "conv2")] private readonly Conv2d _second;
    private readonly bool _halves;

    public RecognizerBlock(NamedWeights weights, string name, int inChannels, int channels, bool halves) : base(nameof(RecognizerBlock))
    {
        _halves = halves;
        _first = Scaled(weights, $"{name}/conv1", inChannels, channels, 3, halves ? 2 : 1, halves ? 0 : 1);
        _second = Scaled(weights, $"{name}/conv2", channels, channels, 3, 1, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var branch = _second.call(_first.call(input).relu_());
        var shortcut = input;
        if (_halves)
        {
            shortcut = nn.functional.avg_pool2d(input, 2);
            var (height, width) = (shortcut.size(2), shortcut.size(3));
            branch = nn.functional.pad(branch, [0, width - branch.size(3), 0, height - branch.size(2)]);
            if (branch.size(1) != shortcut.size(1))
                shortcut = nn.functional.pad(shortcut, [0, 0, 0, 0, 0, branch.size(1) - shortcut.size(1)]);
        }

        return (branch + shortcut).relu_().MoveToOuterDisposeScope();
    }

    /// <summary>A convolution and the scale and shift of every channel behind it, as one convolution.</summary>
    public static Conv2d Scaled(NamedWeights weights, string name, int inChannels, int channels, int size, int stride, int padding)
    {
        using var scope = NewDisposeScope();
        var scale = weights.Get($"{name}/scale/weights", channels);
        var filters = weights.Get($"{name}/conv/filters", size, size, inChannels, channels) * scale;
        var bias = (weights.Get($"{name}/conv/bias", channels) * scale) + weights.Get($"{name}/scale/biases", channels);
        return NamedWeights.Convolution(filters, bias, stride, padding);
    }
}
