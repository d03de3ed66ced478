using PECHead.Research.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Losses;

/// <summary>PECHead, Eq. 5: L_G and L_D.</summary>
public sealed class AdversarialLossTests
{
    [Fact]
    public void Eq5_the_hinge_is_that_of_the_closed_form()
    {
        using var scope = NewDisposeScope();
        var real = new[] { tensor(new[] { 2f, 0f, -1f, 0.5f }, [1, 1, 2, 2]), tensor(new[] { 3f }, [1, 1, 1, 1]) };
        var generated = new[] { tensor(new[] { -2f, 0f, 1f, -0.5f }, [1, 1, 2, 2]), tensor(new[] { -0.5f }, [1, 1, 1, 1]) };

        // Real: (0 + 1 + 2 + 0.5)/4 and 0; generated: (0 + 1 + 2 + 0.5)/4 and 0.5.
        Assert.Equal(0.875 + 0 + 0.875 + 0.5, AdversarialLoss.OfDiscriminator(real, generated).ToDouble(), 6);
        Assert.Equal(0.375 + 0.5, AdversarialLoss.OfGenerator(generated).ToDouble(), 6);
    }

    [Fact]
    public void Eq5_a_discriminator_that_is_sure_learns_nothing_and_a_generator_always_does()
    {
        using var scope = NewDisposeScope();
        var real = full([1, 1, 2, 2], 2.0, ScalarType.Float32, requires_grad: true);
        var generated = full([1, 1, 2, 2], -2.0, ScalarType.Float32, requires_grad: true);

        (AdversarialLoss.OfDiscriminator([real], [generated]) + 0).backward();
        Assert.Equal(0, (real.grad!.abs().sum() + generated.grad!.abs().sum()).ToDouble());

        AdversarialLoss.OfGenerator([generated]).backward();
        TensorAssert.Close(full([1, 1, 2, 2], -0.25, ScalarType.Float32), generated.grad!, 1e-7);
    }
}
