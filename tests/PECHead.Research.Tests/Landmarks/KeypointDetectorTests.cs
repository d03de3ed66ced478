using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Landmarks;

public sealed class KeypointDetectorTests
{
    [Fact]
    public void A_heatmap_head_that_looks_at_red_finds_the_red_spot()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var detector = new KeypointDetector(TinyConfigs.Model.Detector with { Temperature = 0.01 });
        detector.eval();
        // The hourglass ends with its input: the last three channels are the reduced frame's colours.
        var parameters = detector.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        var weight = parameters["heatmap.weight"].zero_();
        parameters["heatmap.bias"].zero_();
        weight.select(1, weight.size(1) - 3).select(2, 3).select(1, 3).fill_(1);
        // A map of 2 x 2 places whose windows of 7 px have their middle at pixels 3 and 4 of 8.
        var frames = zeros(2, 3, 32, 32);
        frames[0, 0].narrow(0, 10, 5).narrow(1, 14, 5).fill_(1);
        frames[1, 0].narrow(0, 14, 5).narrow(1, 10, 5).fill_(1);

        var positions = detector.call(frames).Positions;

        TensorAssert.Close(tensor([1f, -1f]).expand(3, 2), positions[0], 0.01);
        TensorAssert.Close(tensor([-1f, 1f]).expand(3, 2), positions[1], 0.01);
    }

    [Fact]
    public void Config_OutsideOfItsRanges_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeypointDetectorConfig { KeypointCount = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeypointDetectorConfig { Temperature = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeypointDetectorConfig { MaxChannels = 8 }.Validate());
    }
}
