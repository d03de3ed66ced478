using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FaceToFace;

/// <summary>Finds the motion between two sketches in three levels, each of which adds to the field of the one before.</summary>
/// <remarks><b>Paper:</b> Face2Face-ρ, Sec. 3.2. A field holds source positions, without an activation.</remarks>
internal sealed class PyramidMotion : nn.Module
{
    private const long Seen = 9;   // source sketch, driving sketch, source frame
    private const int ResidualBlocks = 3;

    [ComponentName(Name = "f1_model")] private readonly Sequential _first;
    [ComponentName(Name = "f1_motion")] private readonly FieldConv _firstField;
    [ComponentName(Name = "model1_1")] private readonly Sequential _secondIn;
    [ComponentName(Name = "model1_2")] private readonly Sequential _second;
    [ComponentName(Name = "model1_3")] private readonly FieldConv _secondField;
    [ComponentName(Name = "model2_1")] private readonly Sequential _thirdIn;
    [ComponentName(Name = "model2_2")] private readonly Sequential _third;
    [ComponentName(Name = "model2_3")] private readonly FieldConv _thirdField;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public PyramidMotion(FaceToFaceConfig config) : base(nameof(PyramidMotion))
    {
        long width = config.MotionWidth;
        // Down twice, across, and up three times: one step more than down.
        static Sequential Level(long width) => nn.Sequential(
        [
            Down(width, 2 * width), Down(2 * width, 4 * width),
            .. Enumerable.Range(0, ResidualBlocks).Select(_ => (nn.Module<Tensor, Tensor>)new PlainResidual(4 * width)),
            Up(4 * width, 2 * width), Up(2 * width, width), Up(width, width / 2),
        ]);

        _first = nn.Sequential(
            nn.Conv2d(Seen, width, 3, padding: 1), nn.BatchNorm2d(width), nn.ReLU(),
            Down(width, 2 * width), Down(2 * width, 4 * width), Up(4 * width, 2 * width), Up(2 * width, width));
        (_secondIn, _second) = (nn.Sequential(Down(Seen, width)), Level(width));
        (_thirdIn, _third) = (nn.Sequential(Down(Seen, width / 2)), Level(width / 2));
        (_firstField, _secondField, _thirdField) = (new FieldConv(width), new FieldConv(width / 2), new FieldConv(width / 4));
        RegisterComponents();
    }

    /// <summary>Finds the motion.</summary>
    /// <param name="seen">
    /// Of each level, the coarsest first: source sketch, driving sketch and source frame side by side, [N, 9, h, w] in [-1, 1]; every level has twice the side.
    /// </param>
    public PyramidFields Explain(IReadOnlyList<Tensor> seen)
    {
        using var scope = NewDisposeScope();
        var first = _first.call(seen[0]);
        var coarse = _firstField.call(first);
        var second = _second.call(_secondIn.call(seen[1]) + first);
        var middle = _secondField.call(second) + Upsampling.Nearest(coarse);
        var third = _third.call(_thirdIn.call(seen[2]) + second);
        var fine = _thirdField.call(third) + Upsampling.Nearest(middle);
        return new PyramidFields(first, second, third, Grid(coarse), Grid(middle), Grid(fine)).MoveToOuterDisposeScope();
    }

    private static Tensor Grid(Tensor map) => map.permute(0, 2, 3, 1).contiguous();

    private static NormalizedBlock Down(long from, long to) => new(nn.Conv2d(from, to, 4, 2, 1), nn.BatchNorm2d(to));

    private static NormalizedBlock Up(long from, long to) => new(nn.Conv2d(from, to, 3, padding: 1), nn.BatchNorm2d(to), before: Upsampling.Nearest);
}

/// <summary>What <see cref="PyramidMotion"/> found.</summary>
/// <param name="First">Features of the coarsest level, [N, C, h, w].</param>
/// <param name="Second">Of the middle one.</param>
/// <param name="Third">Of the finest.</param>
/// <param name="Coarse">Source positions of driving pixels [N, h, w, 2], (x, y) in [-1, 1].</param>
/// <param name="Middle">The same at twice the size.</param>
/// <param name="Fine">The same at four times the size.</param>
internal sealed record PyramidFields(Tensor First, Tensor Second, Tensor Third, Tensor Coarse, Tensor Middle, Tensor Fine) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [First, Second, Third, Coarse, Middle, Fine];
}

/// <summary>A residual block with one normalisation: x + Conv(ReLU(Norm(Conv(x)))).</summary>
internal sealed class PlainResidual : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "norm")] private readonly BatchNorm2d _norm;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of input and output.</param>
    public PlainResidual(long channels) : base(nameof(PlainResidual))
    {
        (_conv1, _norm, _conv2) = (nn.Conv2d(channels, channels, 3, padding: 1), nn.BatchNorm2d(channels), nn.Conv2d(channels, channels, 3, padding: 1));
        RegisterComponents();
    }

    /// <summary>Applies the block.</summary>
    /// <param name="input">Features [N, channels, H, W].</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _conv2.call(_norm.call(_conv1.call(input)).relu_()).add_(input).MoveToOuterDisposeScope();
    }
}

/// <summary>A 3x3 convolution that gives positions, in double precision: half a precision would move them by half a pixel.</summary>
internal sealed class FieldConv : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;

    /// <summary>Builds the layer.</summary>
    /// <param name="channels">Channels of the input.</param>
    public FieldConv(long channels) : base(nameof(FieldConv))
    {
        using var drawn = nn.Conv2d(channels, 2, 3);
        (_weight, _bias) = (Learned.From(drawn.weight.detach().clone()), Learned.From(drawn.bias!.detach().clone()));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">Features [N, channels, H, W].</param>
    /// <returns>[N, 2, H, W], at least float32.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var type = input.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor Wide(Tensor values) => values.to(ScalarType.Float64);
        return nn.functional.conv2d(Wide(input), Wide(_weight), Wide(_bias), padding: [1, 1]).to(type).MoveToOuterDisposeScope();
    }
}
