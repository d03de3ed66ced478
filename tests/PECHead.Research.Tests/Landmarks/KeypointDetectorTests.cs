using PECHead.Research.Landmarks;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Landmarks;

public sealed class KeypointDetectorTests
{
    [Fact]
    public void Forward_FindsKPointsInsideTheFrame()
    {
        using var scope = NewDisposeScope();
        using var detector = new KeypointDetector(TinyConfigs.Model.Detector);

        var keypoints = detector.call(rand([2, 3, 32, 32]));

        Assert.Equal(3, keypoints.Count);
        TensorAssert.Shape(keypoints.Positions, 2, 3, 2);
        Assert.True(keypoints.Positions.abs().max().ToDouble() <= 1);
    }

    [Fact]
    public void Config_OutsideOfItsRanges_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeypointDetectorConfig { KeypointCount = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeypointDetectorConfig { Temperature = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeypointDetectorConfig { MaxChannels = 8 }.Validate());
    }
}
