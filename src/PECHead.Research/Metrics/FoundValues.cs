using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics;

/// <summary>What a face network read in a batch of frames.</summary>
/// <param name="Values">
/// [N, …]: landmarks [N, 68, 2] in pixels, an embedding [N, D], Euler angles [N, 3] in degrees, or action units [N, A] as
/// 0 and 1. Rows of frames without a face may hold anything.
/// </param>
/// <param name="Found">[N], bool: whether there was a face.</param>
public readonly record struct FoundValues(Tensor Values, Tensor Found) : ITensorRecord
{
    /// <summary>Measurements of frames that all have a face.</summary>
    public static FoundValues Complete(Tensor values)
    {
        TensorGuard.Floating(values, nameof(values));
        if (values.ndim == 0) throw new ArgumentException("Expected shape [N, …], received [].", nameof(values));
        return new(values, ones([values.size(0)], ScalarType.Bool));
    }

    /// <summary>N, the number of frames.</summary>
    public long Count => Found.size(0);

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Values, Found];

    /// <summary>The values as float64 [N, rest] on the CPU, row by row; rows of frames without a face are zero.</summary>
    internal double[][] Rows()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        long n = Values.size(0);
        double[] flat = Values.detach().to(ScalarType.Float64).reshape(n, -1).cpu().contiguous().data<double>().ToArray();
        int width = n == 0 ? 0 : flat.Length / (int)n;
        bool[] found = Present();
        return [.. Enumerable.Range(0, (int)n).Select(row => found[row] ? flat[(row * width)..((row + 1) * width)] : new double[width])];
    }

    /// <summary>Whether there was a face, frame by frame.</summary>
    internal bool[] Present()
    {
        using var local = Found.cpu().contiguous();
        return local.data<bool>().ToArray();
    }

    /// <summary>Throws unless the measurements are of the expected shape.</summary>
    internal void Require(string name, params long[] rest)
    {
        TensorGuard.Shape(Values, name, [TensorGuard.Any, .. rest]);
        TensorGuard.Typed(Found, name, ScalarType.Bool, Values.size(0));
    }
}
