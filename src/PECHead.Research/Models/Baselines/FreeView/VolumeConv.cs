using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FreeView;

/// <summary>A convolution of a volume with a cube of odd side; the borders are padded with zeros.</summary>
internal sealed class VolumeConv : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;
    private readonly long _padding;

    /// <summary>Builds the convolution.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernelSize">Side of the cube.</param>
    public VolumeConv(long inChannels, long outChannels, long kernelSize) : base(nameof(VolumeConv))
    {
        using var drawn = nn.Conv3d(inChannels, outChannels, kernelSize);
        _weight = Learned.From(drawn.weight.detach().clone());
        _bias = Learned.From(drawn.bias!.detach().clone());
        _padding = kernelSize / 2;
        RegisterComponents();
    }

    /// <summary>Applies the convolution.</summary>
    /// <param name="input">Volumes [N, inChannels, D, H, W].</param>
    /// <returns>[N, outChannels, D, H, W].</returns>
    public override Tensor forward(Tensor input) => input.dtype == ScalarType.Float64
        ? Sliced(input)
        : nn.functional.conv3d(input, _weight, _bias, padding: [_padding, _padding, _padding]);

    // In double precision libtorch copies the neighbourhood of every voxel, 25 GB for a cube of side 7: one slice at a time is enough.
    private Tensor Sliced(Tensor input)
    {
        using var scope = NewDisposeScope();
        var slices = new List<Tensor>();
        for (long at = 0; at < input.size(2); at++)
        {
            using var inner = NewDisposeScope();
            Tensor? sum = null;
            for (long tap = Math.Max(0, _padding - at); tap < Math.Min(_weight.size(2), input.size(2) + _padding - at); tap++)
            {
                var part = nn.functional.conv2d(input.select(2, at + tap - _padding), _weight.select(2, tap), null, null, [_padding, _padding]);
                sum = sum is null ? part : sum + part;
            }
            slices.Add((sum! + _bias.reshape(1, -1, 1, 1)).MoveToOuterDisposeScope());
        }
        return stack(slices, 2).MoveToOuterDisposeScope();
    }
}
