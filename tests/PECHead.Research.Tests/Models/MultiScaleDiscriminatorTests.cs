using PECHead.Research.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

public sealed class MultiScaleDiscriminatorTests
{
    public static TheoryData<string> Sizes => [.. ModelSize.All.Select(size => size.Name)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_size_judges_patches_at_two_scales(string name)
    {
        using var scope = NewDisposeScope();
        var size = ModelSize.Named(name);
        using var discriminator = new MultiScaleDiscriminator(DiscriminatorConfig.For(size));
        ParameterInitialization.Apply(discriminator, seed: 1);

        var judgements = discriminator.call(rand([2, 3, size.ImageSize, size.ImageSize]));

        Assert.Equal(2, judgements.Count);
        Assert.All(judgements, map => Assert.True(TensorAssert.IsFinite(map)));
        Assert.True(judgements[0].size(2) > judgements[1].size(2) && judgements[1].size(2) > 1);
        if (size == ModelSize.Paper) TensorAssert.Shape(judgements[0], 2, 1, 26, 26);   // First Order Motion Model: 26 x 26 of 256 px
    }

    [Fact]
    public void It_learns_to_tell_light_from_dark()
    {
        using var lifetime = NewDisposeScope();
        using var discriminator = new MultiScaleDiscriminator(DiscriminatorConfig.For(ModelSize.Tiny));
        ParameterInitialization.Apply(discriminator, seed: 1);
        using var optimizer = optim.Adam(discriminator.parameters(), 1e-3);
        using var generator = new Generator(1);
        var (real, generated) = (0.6 + (0.3 * rand([4, 3, 64, 64], generator: generator)), 0.1 + (0.3 * rand([4, 3, 64, 64], generator: generator)));
        double Loss(bool update)
        {
            using var scope = NewDisposeScope();
            var loss = Research.Losses.AdversarialLoss.OfDiscriminator(discriminator.call(real), discriminator.call(generated));
            if (!update) return loss.ToDouble();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            return loss.ToDouble();
        }

        var before = Loss(update: true);
        for (var step = 0; step < 10; step++) Loss(update: true);

        Assert.InRange(Loss(update: false), 0, 0.8 * before);
    }
}
