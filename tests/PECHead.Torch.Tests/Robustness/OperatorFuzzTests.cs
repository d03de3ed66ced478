using System.Reflection;
using System.Text.RegularExpressions;
using PECHead.Torch.Interop;
using PECHead.Torch.Tests.Oracle;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Robustness;

/// <summary>Random arguments, the same in every run: each call gives a result or a proper exception.</summary>
public sealed partial class OperatorFuzzTests
{
    private const int CallsAnOperator = 8;

    // Sizes are small, or beyond any memory: nothing between, which a large machine would really allocate.
    private static readonly long[] Integers = [0, 1, 2, 3, 4, 5, -1, -2, 7, 100, -100, 1L << 40, 1L << 62, -(1L << 62), long.MaxValue, long.MinValue];
    private static readonly double[] Numbers = [0, 1, 0.5, -1, 2, 1e-5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e-3];
    private static readonly string[] Texts = ["floor", "trunc", "ij", "ij,jk->ik", "...i->i", "", "i->ii", "bogus"];

    private static readonly ScalarType[] Types =
        [ScalarType.Float32, ScalarType.Float64, ScalarType.Int64, ScalarType.Bool, ScalarType.Byte, ScalarType.BFloat16, ScalarType.Int32];

    private static IEnumerable<(string Name, Operator Operator)> Operators
        => typeof(Aten).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(entry => entry.FieldType == typeof(Operator))
            .Select(entry => (entry.Name, (Operator)entry.GetValue(null)!));

    [Fact]
    public void Every_operator_of_the_table_exists_in_libtorch()
        => Assert.All(Operators, entry => Assert.True(entry.Operator.Exists, entry.Operator.Name));

    [Fact]
    public void The_table_of_operators_is_sorted_and_names_each_once()
    {
        var names = Operators.Select(entry => entry.Name).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(names.Count, Operators.Select(entry => entry.Operator.Name).Distinct().Count());
    }

    [Fact]
    public void Random_arguments_for_every_operator_end_in_a_result_or_an_exception_that_names_it()
    {
        var (random, accepted, refused) = (new Random(1), 0, 0);
        manual_seed(1);
        foreach (var (_, @operator) in Operators)
        {
            var signature = Signature(@operator);
            for (var i = 0; i < CallsAnOperator; i++)
            {
                using var scope = NewDisposeScope();
                Argument[] arguments = [.. signature.Take(random.Next(signature.Count + 1)).Select(parameter => Value(parameter, random))];
                var error = Record.Exception(() => @operator.CallMany(arguments));
                if (error is null) accepted++;
                else
                {
                    refused++;
                    Assert.True(error is TorchException && error.Message.Contains(@operator.Name, StringComparison.Ordinal), $"{@operator.Name}: {error}");
                }
            }
        }
        Assert.True(accepted > 200 && refused > 200, $"{accepted} accepted, {refused} refused: the draw is lopsided");
    }

    [Fact]
    public void Cases_of_the_oracle_with_spoilt_inputs_end_in_a_result_or_a_proper_exception()
    {
        var (random, accepted, refused) = (new Random(2), 0, 0);
        foreach (var entry in OracleCases.All.Where(entry => entry.Inputs.Length > 0))
        {
            for (var i = 0; i < 6; i++)
            {
                using var scope = NewDisposeScope();
                var inputs = OracleBatch.Inputs(entry, random.Next(2) == 0 ? ScalarType.Float32 : ScalarType.Float64);
                var spoilt = random.Next(inputs.Length);
                inputs[spoilt] = Spoil(inputs[spoilt], random);
                foreach (var input in inputs) if (!input.IsInvalid && input.is_floating_point() && random.Next(2) == 0) input.requires_grad_();
                var error = Record.Exception(() =>
                {
                    foreach (var output in entry.Torch(inputs)) if (output is { requires_grad: true }) output.sum().backward(retain_graph: true);
                });
                if (error is null) accepted++;
                else refused++;
                Assert.True(error is null || Refusal.IsProper(error), $"{entry.Python} of {string.Join(", ", inputs.AsEnumerable())}: {error}");
            }
        }
        Assert.True(accepted > 100 && refused > 100, $"{accepted} accepted, {refused} refused: the draw is lopsided");
    }

    private static Tensor Spoil(Tensor tensor, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                var shape = tensor.shape;
                if (shape.Length > 0) shape[random.Next(shape.Length)] = random.Next(10);
                return rand(shape).to(tensor.dtype);
            case 1: return tensor.unsqueeze(0);
            case 2: return tensor.ndim > 0 && tensor.shape[0] > 0 ? tensor[0] : tensor;
            case 3: return tensor.to(Types[random.Next(Types.Length)]);
            case 4: return tensor * (tensor.is_floating_point() ? double.NaN : -1);
            case 5: return RandomTensor(random);
            default:
                tensor.Dispose();
                return tensor;
        }
    }

    private static Tensor RandomTensor(Random random)
    {
        var shape = new long[random.Next(6)];
        for (var d = 0; d < shape.Length; d++) shape[d] = random.Next(6);
        var values = randn(shape) * (random.Next(4) == 0 ? 1e30 : 3);
        var type = Types[random.Next(Types.Length)];
        if (type is ScalarType.Int64 or ScalarType.Int32 or ScalarType.Byte) values = randint(type == ScalarType.Byte ? 0 : -3, 8, shape);
        var result = values.to(type);
        if (shape.Length > 1 && random.Next(4) == 0) result = result.transpose(0, -1);
        return result.is_floating_point() && random.Next(3) == 0 ? result.detach().requires_grad_() : result;
    }

    private static Argument Value(Parameter parameter, Random random)
    {
        // Types and layouts of the result are enums that libtorch takes on trust; the binding checks them before.
        if (parameter.Name is "dtype" or "layout" or "device" or "pin_memory" or "memory_format" or "generator") return Argument.Default;
        var type = parameter.Type;
        if (type.EndsWith('?') && random.Next(3) == 0) return Argument.None;
        if (random.Next(20) == 0) return (Argument)"out of place";
        if (type.StartsWith("Tensor", StringComparison.Ordinal) && type.Contains('[')) return Enumerable.Range(0, random.Next(4)).Select(_ => RandomTensor(random)).ToArray();
        if (type.StartsWith("Tensor", StringComparison.Ordinal)) return RandomTensor(random);
        if (type.StartsWith("int[", StringComparison.Ordinal)) return Enumerable.Range(0, random.Next(5)).Select(_ => Integer(random)).ToArray();
        if (type.StartsWith("float[", StringComparison.Ordinal)) return Enumerable.Range(0, random.Next(4)).Select(_ => Numbers[random.Next(Numbers.Length)]).ToArray();
        if (type.StartsWith("int", StringComparison.Ordinal)) return Integer(random);
        if (type.StartsWith("bool", StringComparison.Ordinal)) return random.Next(2) == 0;
        if (type.StartsWith("str", StringComparison.Ordinal)) return Texts[random.Next(Texts.Length)];
        return random.Next(2) == 0 && !type.StartsWith("float", StringComparison.Ordinal) ? Integer(random) : Numbers[random.Next(Numbers.Length)];
    }

    private static long Integer(Random random) => Integers[random.Next(random.Next(5) == 0 ? Integers.Length : 8)];

    /// <summary>The parameters of an operator, learnt from how it refuses a value of the wrong kind at each place.</summary>
    private static List<Parameter> Signature(Operator @operator)
    {
        var parameters = new List<Parameter>();
        var fitting = new List<Argument>();
        while (true)
        {
            var error = Record.Exception(() => @operator.CallMany([.. fitting, (Argument)"probe"]));
            if (error is null || error.Message.Contains("arguments but was given", StringComparison.Ordinal)) return parameters;
            var refusal = Mismatch().Match(error.Message);
            parameters.Add(refusal.Success ? new(refusal.Groups[1].Value, refusal.Groups[2].Value) : new("text", "str"));
            fitting.Add(Fitting(parameters[^1].Type));
        }
    }

    private static Argument Fitting(string type)
    {
        if (type.EndsWith('?')) return Argument.None;
        if (type.Contains('[')) return type.StartsWith("Tensor", StringComparison.Ordinal) ? Array.Empty<Tensor>() : type.StartsWith("float", StringComparison.Ordinal) ? Array.Empty<double>() : Array.Empty<long>();
        return type switch
        {
            "Tensor" => zeros(0),
            "bool" => false,
            "str" => "probe",
            "float" => 0.0,
            _ => 0L,
        };
    }

    [GeneratedRegex(@"argument '(\w+)' takes (\S+) but was given a string")]
    private static partial Regex Mismatch();

    private sealed record Parameter(string Name, string Type);
}
