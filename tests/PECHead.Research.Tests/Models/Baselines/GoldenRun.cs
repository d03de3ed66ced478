using PECHead.Research.Layers;
using PECHead.Research.Models.Baselines;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>One pass through a model beside its goldens.</summary>
/// <param name="golden">The goldens.</param>
/// <param name="type">The precision of the pass.</param>
/// <param name="staged">
/// Whether each stage gets the golden of the one before, where it is whole, or what this model made. Relative modes go the whole way in both.
/// </param>
/// <param name="output">Where to list the distances.</param>
internal sealed class GoldenRun(GoldenFile golden, ScalarType type, bool staged, ITestOutputHelper output)
{
    private const double Tolerance = 1e-5;
    private const double Floors = 10;                  // how many times the floor of the published code in float32
    private const double Rounding = 4 * 6e-8;          // a floor of one run can lie below the rounding of its numbers

    private readonly List<string> _faults = [];

    /// <summary>Names of the outputs that were compared.</summary>
    public HashSet<string> Compared { get; } = [];

    /// <summary>Whether stages begin with goldens.</summary>
    public bool IsStaged => staged;

    /// <summary>What was wrong.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public Tensor Source { get; } = GoldenFile.Picture("source").to(type);

    public Tensor Driving { get; } = GoldenFile.Picture("driving").to(type);

    /// <summary>The first frame of the driving video in relative modes: the driving frame, mirrored.</summary>
    public Tensor Start => Driving.flip(3);

    /// <summary>A recorded input.</summary>
    public Tensor Input(string name) => golden[$"inputs/{name}"].to(type);

    /// <summary>A recorded output, whole.</summary>
    public Tensor Recorded(string name) => golden[$"out/{name}"].to(type);

    /// <summary>An input that the formula of the weights gives.</summary>
    public Tensor Drawn(string part, string name, params long[] shape) => golden.Drawn(part, name, shape).to(type);

    /// <summary>A model with the weights of the formula, in the precision of the pass.</summary>
    public T Model<T>(BaselineFormat format, params string[] parts) where T : BaselineModel => (T)format.Load(golden.Published(parts), all: true).to(type);

    /// <summary>Compares a stage, and gives what the next one is to begin with.</summary>
    public Tensor Stage(string name, Tensor made)
    {
        Compared.Add(name);
        var expected = golden.Outputs[name];
        using (NewDisposeScope())
        {
            var recorded = golden[$"out/{name}"].to(ScalarType.Float64);
            if (!expected.FullShape.AsSpan().SequenceEqual(made.shape))
            {
                _faults.Add($"{name}: [{string.Join(", ", expected.FullShape)}] expected, [{string.Join(", ", made.shape)}] made");
                return made.MoveToOuterDisposeScope();
            }
            var whole = made.detach().to(ScalarType.Float64);
            double largest = recorded.abs().max().ToDouble();
            double allowed = type == ScalarType.Float64 ? Tolerance : Math.Max(Floors * expected.F32Floor, Rounding * Math.Max(1, largest));
            Compare(name, (expected.Of(whole) - recorded).abs().max().ToDouble(), allowed);
            if (type == ScalarType.Float64 && whole.numel() > 1)
            {
                var of = tensor([whole.mean().ToDouble(), whole.std(unbiased: false).ToDouble(), whole.min().ToDouble(), whole.max().ToDouble()]);
                Compare($"{name}, all of it", (of - golden[$"stat/{name}"]).abs().max().ToDouble(), Tolerance);
            }
        }
        return staged && expected.IsWhole ? golden[$"out/{name}"].to(type).reshape(expected.FullShape) : made;
    }

    /// <summary>Reduced frames of the perceptual term, which several models share.</summary>
    public void Pyramids()
    {
        foreach (var (name, factor) in new[] { ("0.5", 2), ("0.25", 4), ("0.125", 8) })
            Stage($"pyramid.{name}", new AntiAliasDownsample(3, factor).to(type).call(Driving));
    }

    private void Compare(string name, double distance, double allowed)
    {
        output.WriteLine($"{name}: {distance:g3} of {allowed:g3}");
        if (!(distance <= allowed)) _faults.Add($"{name}: {distance:g3} apart, {allowed:g3} allowed");
    }
}

/// <summary>Looks into a model.</summary>
internal static class ModuleChildren
{
    /// <summary>A layer by its name and, where it is one of a list, its place there.</summary>
    public static nn.Module<Tensor, Tensor> Child(this nn.Module module, string name, int? index = null)
    {
        var child = module.named_children().Single(one => one.name == name).module;
        return (nn.Module<Tensor, Tensor>)(index is { } place ? child.children().ElementAt(place) : child);
    }
}
