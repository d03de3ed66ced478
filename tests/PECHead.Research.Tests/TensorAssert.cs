using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests;

/// <summary>Assertions on tensors that say how far apart two of them are.</summary>
internal static class TensorAssert
{
    /// <summary>Same shape, and no element further apart than the tolerance.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance, string what = "tensor")
    {
        using var scope = NewDisposeScope();
        Assert.True(
            expected.shape.AsSpan().SequenceEqual(actual.shape),
            $"{what}: [{string.Join(", ", expected.shape)}] expected, [{string.Join(", ", actual.shape)}] received");
        double distance = expected.numel() == 0
            ? 0 : (expected.detach().to(ScalarType.Float64) - actual.detach().to(ScalarType.Float64)).abs().max().ToDouble();
        Assert.True(distance <= tolerance, $"{what}: {distance:g3} apart, {tolerance:g3} allowed");
    }

    public static void Shape(Tensor tensor, params long[] expected) => Assert.Equal(expected, tensor.shape);

    public static bool IsFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return double.IsFinite(tensor.detach().abs().sum().ToDouble());
    }

    /// <summary>Compares the gradient of a scalar function with central differences; everything in float64.</summary>
    public static void Gradient(Func<Tensor, Tensor> function, Tensor at, double tolerance = 1e-6, double step = 1e-6)
    {
        Assert.Equal(ScalarType.Float64, at.dtype);
        using var scope = NewDisposeScope();
        var variable = at.detach().clone().requires_grad_(true);
        function(variable).backward();
        double[] gradient = variable.grad!.contiguous().data<double>().ToArray();
        Assert.Contains(gradient, slope => slope != 0);
        double[] values = at.detach().contiguous().data<double>().ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            double slope = (Evaluate(i, step) - Evaluate(i, -step)) / (2 * step);
            Assert.True(
                Math.Abs(slope - gradient[i]) <= tolerance * (1 + Math.Abs(slope)),
                $"element {i}: gradient {gradient[i]:g8}, difference quotient {slope:g8}");
        }

        double Evaluate(int index, double change)
        {
            using var inner = NewDisposeScope();
            using var noGradient = no_grad();
            var moved = values.ToArray();
            moved[index] += change;
            return function(tensor(moved, at.shape)).ToDouble();
        }
    }
}
