using PECHead.Research.Models.Baselines;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

public sealed class TwoByTwoTests
{
    [Fact]
    public void Axes_and_their_signs_are_those_of_LAPACK()
    {
        using var scope = NewDisposeScope();
        var covariances = Covariances(2000);
        var (u, s, _) = linalg.svd(covariances);

        var (axes, roots) = TwoByTwo.Decompose(covariances);

        TensorAssert.Close(u, axes, 1e-8);
        TensorAssert.Close(s.sqrt(), roots, 1e-8);
    }

    [Fact]
    public void An_inverse_times_its_matrix_is_the_identity_and_a_singular_matrix_gives_finite_numbers()
    {
        using var scope = NewDisposeScope();
        var matrices = randn([50, 2, 2], ScalarType.Float64, generator: new Generator(3));

        TensorAssert.Close(eye(2, dtype: ScalarType.Float64).expand(50, 2, 2), TwoByTwo.Inverse(matrices).matmul(matrices), 1e-9);
        Assert.True(TensorAssert.IsFinite(TwoByTwo.Inverse(zeros(1, 2, 2))));
        Assert.True(TensorAssert.IsFinite(TwoByTwo.Inverse(ones(1, 2, 2))));
    }

    [Fact]
    public void Gradients_of_the_axes_agree_with_difference_quotients()
    {
        using var scope = NewDisposeScope();
        var weights = randn([4, 2, 2], ScalarType.Float64, generator: new Generator(5));
        TensorAssert.Gradient(
            values =>
            {
                var symmetric = values + values.transpose(-1, -2);
                var (axes, roots) = TwoByTwo.Decompose(symmetric);
                return (axes * roots.unsqueeze(-2) * weights).sum();
            },
            Covariances(4) + (0.5 * eye(2, dtype: ScalarType.Float64)));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, 0, 0.1)]
    [InlineData(0.1, 0, 0)]
    [InlineData(0.1, 0.1, 0.1)]
    public void A_point_a_circle_and_a_line_have_finite_axes_and_gradients(double a, double b, double c)
    {
        using var scope = NewDisposeScope();
        var covariance = tensor(new[] { a, b, b, c }, [1, 2, 2], requires_grad: true);

        var (axes, roots) = TwoByTwo.Decompose(TwoByTwo.Steady(covariance));
        (axes * roots.unsqueeze(-2)).sum().backward();

        Assert.True(TensorAssert.IsFinite(axes) && TensorAssert.IsFinite(roots) && TensorAssert.IsFinite(covariance.grad!));
        TensorAssert.Close(covariance, axes.matmul(diag_embed(roots.square())).matmul(axes.transpose(-1, -2)), 1e-7);
    }

    private static Tensor Covariances(long count)
    {
        var factors = randn([count, 2, 2], ScalarType.Float64, generator: new Generator(7));
        return factors.matmul(factors.transpose(-1, -2));
    }
}
