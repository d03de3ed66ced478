using PECHead.Research.Losses;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Perception;

[Collection(Data.MediaTests.Name)]
public sealed class RecognizerFeaturesTests
{
    [NetworkTheory]
    [InlineData(56)]
    [InlineData(64)]
    [InlineData(75)]
    [InlineData(128)]
    public void Frames_of_any_accepted_side_give_five_layers(int side)
    {
        using var features = new RecognizerFeatures(PublishedNetworks.Files);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var taps = features.call(rand([2, 3, side, side]));
        Assert.Equal([32, 32, 64, 128, 256], taps.Select(tap => tap.size(1)));
        Assert.All(taps, tap => Assert.True(tap.numel() > 0 && TensorAssert.IsFinite(tap)));
    }

    [NetworkFact]
    public void The_loss_grows_with_the_error_and_every_layer_weighs_about_the_same()
    {
        using var loss = new PyramidPerceptualLoss(new RecognizerFeatures(PublishedNetworks.Files));
        using var features = new RecognizerFeatures(PublishedNetworks.Files);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var frame = TestFrames.Video("franck.mp4", 600).narrow(3, 36, 288);
        using var generator = new Generator(4);
        var noise = randn(frame.shape, generator: generator);
        float Loss(double amount) => loss.call(frame + (noise * amount), frame).item<float>();
        Assert.Equal(0, Loss(0));
        Assert.True(Loss(0.1) > Loss(0.03) && Loss(0.03) > Loss(0.01) && Loss(0.01) > 0);
        Assert.All(features.call(frame), tap => Assert.InRange(tap.mean().item<float>(), 0.5f, 2f));
    }
}
