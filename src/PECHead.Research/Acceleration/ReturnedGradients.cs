using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>Gradients that a backward callback returned. Native code takes them after the callback has returned: they must be reachable for that long, and no longer.</summary>
internal static class ReturnedGradients
{
    [ThreadStatic]
    private static Tensor?[]? _kept;

    /// <summary>Frees those of the callback before; the first thing that a callback does.</summary>
    public static void Release()
    {
        foreach (var gradient in _kept ?? []) gradient?.Dispose();
        _kept = null;
    }

    /// <summary>Keeps gradients until the next callback of this thread.</summary>
    /// <param name="gradients">Of the tensors that the function was applied to, in order; null where none is wanted.</param>
    /// <returns>What the callback returns: these, and none for the object behind the tensors.</returns>
    public static List<Tensor> Keep(params Tensor?[] gradients)
    {
        // A callback may have run inside of this one.
        Release();
        _kept = gradients;
        return [.. gradients.Select(gradient => gradient!), null!];
    }
}
