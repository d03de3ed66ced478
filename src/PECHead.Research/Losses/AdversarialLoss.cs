using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>
/// Hinge loss: L_D = mean max(0, 1 − D(x^d)) + mean max(0, 1 + D(x̂)) and L_G = −mean D(x̂), each summed over the scales of D.
/// </summary>
/// <remarks><b>Paper:</b> PECHead, Eq. 5 and Sec. 3.4, hinge form. <b>Choice:</b> scales are summed.</remarks>
public static class AdversarialLoss
{
    /// <summary>L_G, what the generator minimises.</summary>
    /// <param name="generated">Judgements of generated frames, one map a scale.</param>
    /// <returns>A scalar of any sign.</returns>
    public static Tensor OfGenerator(IReadOnlyList<Tensor> generated) => Sum(generated, nameof(generated), map => -map.mean());

    /// <summary>L_D, what the discriminator minimises.</summary>
    /// <param name="real">Judgements of real frames, one map a scale.</param>
    /// <param name="generated">Judgements of generated frames.</param>
    /// <returns>A scalar, not negative.</returns>
    public static Tensor OfDiscriminator(IReadOnlyList<Tensor> real, IReadOnlyList<Tensor> generated)
    {
        using var scope = NewDisposeScope();
        return (Sum(real, nameof(real), map => (1 - map).relu().mean()) + Sum(generated, nameof(generated), map => (1 + map).relu().mean())).MoveToOuterDisposeScope();
    }

    private static Tensor Sum(IReadOnlyList<Tensor> maps, string name, Func<Tensor, Tensor> term)
    {
        ArgumentNullException.ThrowIfNull(maps, name);
        if (maps.Count == 0) throw new ArgumentException("Expected one map or more, received none.", name);
        foreach (var map in maps) TensorGuard.Shape(map, name, TensorGuard.Some, 1, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        return maps.Select(map => term(map.to(ScalarType.Float32))).Aggregate((sum, value) => sum + value).MoveToOuterDisposeScope();
    }
}
