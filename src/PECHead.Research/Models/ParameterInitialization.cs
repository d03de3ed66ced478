using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>Start values of parameters, drawn for each from its own seed.</summary>
/// <remarks>
/// <b>Choice:</b> PyTorch's defaults (convolutions and linear layers: Kaiming-uniform with a = √5, so U(±1/√fan-in) for
/// weight and bias; normalisations: 1 and 0). The seed of a parameter is derived from the run's seed and the parameter's
/// name, so two settings of an ablation start equal in the weights they share, even if one of them builds a layer more.
/// </remarks>
public static class ParameterInitialization
{
    /// <summary>Overwrites every parameter of a module.</summary>
    /// <param name="module">Module whose parameters end in <c>weight</c> or <c>bias</c>.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="NotSupportedException">A parameter for which there is no rule.</exception>
    public static void Apply(nn.Module module, long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var parameters = module.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        foreach (var (name, parameter) in parameters)
        {
            string owner = name[..(name.LastIndexOf('.') + 1)];
            if (!parameters.TryGetValue(owner + "weight", out var weight) || name[owner.Length..] is not ("weight" or "bias"))
                throw new NotSupportedException($"No rule initialises the parameter '{name}'.");
            if (weight.ndim == 1)
                parameter.fill_(ReferenceEquals(parameter, weight) ? 1 : 0);
            else
                DrawUniform(parameter, 1 / Math.Sqrt(FanIn(weight)), SeedOf(seed, name));
        }
        foreach (var neutral in module.modules().Prepend(module).OfType<INeutralStart>())
            neutral.StartNeutral();
    }

    /// <summary>Fills a module as <see cref="Apply"/> does.</summary>
    /// <param name="module">The module.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <returns>The module.</returns>
    internal static T Initialized<T>(T module, long seed)
        where T : nn.Module
    {
        Apply(module, seed);
        return module;
    }

    /// <summary>Builds a module whose constructor draws its parameters, from a seed; the global generator goes on as if nothing had been drawn.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="create">Calls the constructor.</param>
    internal static T Drawn<T>(long seed, Func<T> create)
        where T : nn.Module
    {
        using var scope = NewDisposeScope();
        var state = random.get_rng_state();
        random.manual_seed(seed);
        try
        {
            return create();
        }
        finally
        {
            random.set_rng_state(state);
        }
    }

    /// <summary>The seed of one parameter.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="name">Full name of the parameter.</param>
    /// <returns>A number of 63 bits.</returns>
    internal static long SeedOf(long seed, string name)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{seed}/{name}");
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return BinaryPrimitives.ReadInt64LittleEndian(hash) & long.MaxValue;
    }

    private static double FanIn(Parameter weight) => weight.numel() / weight.size(0);

    // Drawn on the CPU: the same numbers whatever device the module is on.
    private static void DrawUniform(Parameter parameter, double bound, long seed)
    {
        using var generator = new Generator((ulong)seed);
        var values = empty(parameter.shape, ScalarType.Float32).uniform_(-bound, bound, generator);
        parameter.copy_(values);
    }
}
