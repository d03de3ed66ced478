using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>A small network that shifts keypoints: so that shoulders keep their place (stitching), or eyes and lips open as far as a ratio asks for.</summary>
/// <remarks><b>Paper:</b> LivePortrait, Sec. 3.3. Its shift starts at zero.</remarks>
internal sealed class PointShift : nn.Module<Tensor, Tensor>, IKeepsPrecision
{
    private const long Values = 3 * LivePortraitConfig.KeypointCount;

    [ComponentName(Name = "mlp")] private readonly Sequential _layers;

    private PointShift(long inputs, long[] hidden, long outputs) : base(nameof(PointShift))
    {
        long[] sizes = [inputs, .. hidden, outputs];
        _layers = nn.Sequential(sizes.Zip(sizes.Skip(1)).SelectMany((size, i) => i == 0
            ? new nn.Module<Tensor, Tensor>[] { nn.Linear(size.First, size.Second) }
            : [nn.ReLU(), nn.Linear(size.First, size.Second)]));
        using (no_grad())
        {
            var last = (Linear)_layers.children().Last();
            last.weight.zero_();
            last.bias!.zero_();
        }
        RegisterComponents();
    }

    /// <summary>Looks at the points of source and driving frame; two values more shift all points alike.</summary>
    public static PointShift Stitching() => new(2 * Values, [128, 128, 64], Values + 2);

    /// <summary>Looks at the source's points, the openings of its left and right eye, and the wanted one.</summary>
    public static PointShift Eyes() => new(Values + 3, [256, 256, 128, 128, 64], Values);

    /// <summary>Looks at the source's points, the opening of its lips, and the wanted one.</summary>
    public static PointShift Lips() => new(Values + 2, [128, 128, 64], Values);

    /// <summary>Computes the raw shift.</summary>
    /// <param name="input">What the network looks at, [N, V].</param>
    /// <returns>[N, outputs], as precise as the weights: these are places.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var values = input;
        foreach (var layer in _layers.children())
            values = layer is Linear linear ? FullPrecision.Product(linear, values) : values.relu();
        return values.MoveToOuterDisposeScope();
    }

    /// <summary>The shift of every point.</summary>
    /// <param name="source">Points of the source [N, K, 3].</param>
    /// <param name="others">What else the network looks at: points [N, K, 3], or ratios [N, R].</param>
    /// <returns>[N, K, 3].</returns>
    public Tensor Of(Tensor source, Tensor others)
    {
        using var scope = NewDisposeScope();
        var raw = call(cat([source.flatten(1), others.flatten(1)], 1)).Widened();
        var shift = raw.narrow(1, 0, Values).reshape(source.shape);
        if (raw.size(1) > Values)
        {
            var all = raw.narrow(1, Values, 2);
            shift = shift + cat([all, zeros_like(all.narrow(1, 0, 1))], 1).unsqueeze(1);
        }
        return shift.MoveToOuterDisposeScope();
    }
}
