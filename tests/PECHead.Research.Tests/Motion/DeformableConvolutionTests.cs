using PECHead.Research.Acceleration;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

/// <summary>DCNv2, eq. 1, against torchvision's operator and against plain convolutions.</summary>
[Collection(OracleTests.Name)]
public sealed class DeformableConvolutionTests(OracleFixture oracles)
{
    private const int Cases = 40;

    private static readonly Generator Random = new(21);

    [OracleTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_and_all_gradients_are_torchvisions(bool composed)
    {
        using var scope = NewDisposeScope();
        var oracle = oracles.Load("deform_conv");
        for (int index = 0; index < Cases; index++)
        {
            using var inner = NewDisposeScope();
            var expected = oracle.Under($"{index}.");
            var arguments = oracle.Under($"{index}.in.").ToDictionary(entry => entry.Key, entry => entry.Value.requires_grad_(true));
            long[] settings = expected["settings"].data<long>().ToArray();

            var result = Apply(arguments, settings, composed);
            string[] names = [.. arguments.Keys];
            var gradients = autograd.grad([result], [.. names.Select(name => arguments[name])], [expected["slope"]]);

            TensorAssert.Close(expected["result"], result, 1e-9, $"case {index}");
            for (int i = 0; i < names.Length; i++)
                TensorAssert.Close(expected[$"gradient.{names[i]}"], gradients[i], 1e-8, $"case {index}, gradient of {names[i]}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_offsets_it_is_a_plain_convolution(bool composed)
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32);
        arguments["offset"] = zeros_like(arguments["offset"]);
        arguments["mask"] = ones_like(arguments["mask"]);

        var plain = nn.functional.conv2d(arguments["input"], arguments["weight"], arguments["bias"], padding: [1, 1]);

        TensorAssert.Close(plain, Apply(arguments, [1, 1, 1, 1, 1, 1], composed), 1e-3);     // float32, 144 terms a sum
    }

    [Fact]
    public void Both_ways_agree_in_float32_within_its_rounding()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32);

        var composed = Apply(arguments, [1, 1, 1, 1, 1, 1], composed: true);

        TensorAssert.Close(composed, Apply(arguments, [1, 1, 1, 1, 1, 1], composed: false), 1e-3);
    }

    [Fact]
    public void Half_precision_keeps_its_type_and_its_positions()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32);
        var exact = Apply(arguments, [1, 1, 1, 1, 1, 1], composed: false);
        foreach (string name in new[] { "input", "weight", "bias" })
            arguments[name] = arguments[name].to(ScalarType.BFloat16);

        var half = Apply(arguments, [1, 1, 1, 1, 1, 1], composed: false);

        Assert.Equal(ScalarType.BFloat16, half.dtype);
        TensorAssert.Close(exact, half, 0.02 * exact.abs().max().ToDouble());
    }

    [MixedPrecisionFact]
    public void Mixed_precision_gives_bfloat16_and_float32_gradients()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32).ToDictionary(entry => entry.Key, entry => entry.Value.requires_grad_(true));
        var exact = Apply(arguments, [1, 1, 1, 1, 1, 1], composed: false);
        using var region = Accelerator.MixedPrecision(CPU, Precision.Mixed);

        var mixed = Apply(arguments, [1, 1, 1, 1, 1, 1], composed: false);
        var gradients = autograd.grad([mixed.to(ScalarType.Float32).square().sum()], [.. arguments.Values]);

        Assert.Equal(ScalarType.BFloat16, mixed.dtype);
        TensorAssert.Close(exact, mixed, 0.02 * exact.abs().max().ToDouble());
        Assert.All(gradients, gradient => Assert.Equal(ScalarType.Float32, gradient.dtype));
    }

    [Fact]
    public void A_channels_last_input_gives_the_same_in_its_layout()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32);
        var plain = Apply(arguments, [1, 1, 1, 1, 1, 1], composed: false);
        arguments["input"] = Accelerator.ChannelsLast(arguments["input"]);

        var result = Apply(arguments, [1, 1, 1, 1, 1, 1], composed: false);

        TensorAssert.Close(plain, result, 1e-5);
        Assert.True(plain.is_contiguous());
        Assert.True(result.permute(0, 2, 3, 1).is_contiguous());
    }

    [Fact]
    public void An_offset_that_is_no_number_shows_and_one_that_is_infinite_reads_nothing()
    {
        using var scope = NewDisposeScope();
        var (input, weight) = (ones(1, 1, 4, 4), ones(1, 1, 1, 1));
        var offset = tensor(new[] { float.NaN, float.PositiveInfinity }).reshape(1, 1, 1, 2).expand(1, 2, 4, 2).repeat(1, 1, 1, 2);

        float[] row = DeformableConvolution.Apply(input, offset, weight)[0, 0, 0].data<float>().ToArray();

        Assert.Equal([float.NaN, 0, float.NaN, 0], row);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32);
        long[] settings = [1, 1, 1, 1, 1, 1];
        Refused("offset", arguments["offset"].narrow(1, 0, 17), "[2, 17, 6, 7]");
        Refused("offset", arguments["offset"].narrow(2, 0, 5), "[2, 144, 6, 7]", "[2, 144, 5, 7]");
        Refused("mask", arguments["mask"].narrow(1, 0, 9), "[2, 72, 6, 7]", "[2, 9, 6, 7]");
        Refused("bias", arguments["bias"].narrow(0, 0, 1), "[12]", "[1]");
        Refused("weight", arguments["weight"].narrow(1, 0, 7), "[2, 16, 6, 7]", "[12, 7, 3, 3]");
        Refused("input", arguments["input"].narrow(3, 0, 0), "[2, 16, 6, 0]");
        Refused("input", arguments["input"].to(ScalarType.Float64), "Float64", "Float32");
        Refused("offset", arguments["offset"].to(ScalarType.Int64), "offset", "Int64");
        settings[0] = 0;
        Assert.Contains("(0, 1)", Assert.Throws<ArgumentException>(() => Apply(arguments, settings, composed: false)).Message, StringComparison.Ordinal);

        void Refused(string name, Tensor wrong, params string[] shown)
        {
            var changed = new Dictionary<string, Tensor>(arguments) { [name] = wrong };
            var error = Assert.Throws<ArgumentException>(() => Apply(changed, settings, composed: false));
            Assert.All(shown, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_layer_trains_its_weight_and_bias()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32);
        using var layer = new DeformableConv2d(16, 5);

        layer.call(arguments["input"], arguments["offset"], arguments["mask"]).square().sum().backward();

        Assert.Equal(["bias", "weight"], layer.state_dict().Keys.Order());
        Assert.All(layer.parameters(), parameter => Assert.True(parameter.grad!.abs().sum().ToDouble() > 0));
    }

    [Fact]
    public void A_layer_that_left_the_scope_it_was_built_in_computes_as_before_in_another_number_type()
    {
        using var scope = NewDisposeScope();
        var arguments = Draw(ScalarType.Float32);
        DeformableConv2d Build()
        {
            using var inner = NewDisposeScope();
            return new DeformableConv2d(16, 5);
        }
        using var layer = Build();
        var before = layer.call(arguments["input"], arguments["offset"], arguments["mask"]);

        layer.to(ScalarType.Float64);
        var after = layer.call(arguments["input"].@double(), arguments["offset"].@double(), arguments["mask"].@double());

        TensorAssert.Close(before.@double(), after, 1e-5);
    }

    private static Dictionary<string, Tensor> Draw(ScalarType type) => new()
    {
        ["input"] = randn([2, 16, 6, 7], type, generator: Random),
        ["offset"] = randn([2, 144, 6, 7], type, generator: Random),
        ["weight"] = randn([12, 16, 3, 3], type, generator: Random),
        ["mask"] = rand([2, 72, 6, 7], type, generator: Random),
        ["bias"] = randn([12], type, generator: Random),
    };

    private static Tensor Apply(Dictionary<string, Tensor> arguments, long[] settings, bool composed)
    {
        var (input, offset, weight) = (arguments["input"], arguments["offset"], arguments["weight"]);
        var (bias, mask) = (arguments.GetValueOrDefault("bias"), arguments.GetValueOrDefault("mask"));
        var (stride, padding, dilation) = ((settings[0], settings[1]), (settings[2], settings[3]), (settings[4], settings[5]));
        return composed
            ? DeformableConvolution.Compose(input, offset, weight, bias, mask, DeformableGeometry.Of(input, offset, weight, stride, padding, dilation))
            : DeformableConvolution.Apply(input, offset, weight, bias, stride, padding, dilation, mask);
    }

    /// <summary>A test that needs libtorch's autocast.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class MixedPrecisionFactAttribute : FactAttribute
    {
        public MixedPrecisionFactAttribute()
        {
            if (!Accelerator.HasMixedPrecision) Skip = "libtorch does not export the functions of autocast";
        }
    }
}
