using PECHead.Research.Models;

namespace PECHead.Research.Tests.Models;

public sealed class PecHeadConfigTests
{
    public static TheoryData<string> Sizes => [.. ModelSize.All.Select(size => size.Name)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void For_EverySize_IsValid(string name)
    {
        var size = ModelSize.Named(name);
        var config = PecHeadConfig.For(size, AblationSettings.Full);

        config.Validate();
        Assert.Equal(size.ImageSize, config.ImageSize);
        Assert.Equal(10, config.Detector.KeypointCount);
        Assert.Equal(size.ImageSize / 4, 2 << size.HourglassDepth);
    }

    [Fact]
    public void For_PaperSize_HasTheDefaultWidths() =>
        Assert.Equal(new PecHeadConfig(), PecHeadConfig.For(ModelSize.Paper, AblationSettings.Full));

    [Fact]
    public void For_SmallSize_HasAQuarterOfTheWidths()
    {
        var config = PecHeadConfig.For(ModelSize.Small, AblationSettings.Full);

        Assert.Equal((8, 128), (config.Detector.Expansion, config.Detector.MaxChannels));
        Assert.Equal((16, 128), (config.Motion.Expansion, config.Motion.MaxChannels));
        Assert.Equal(16, config.Generator.BaseChannels);
    }

    [Fact]
    public void Named_WithAnUnknownName_ListsTheNames() =>
        Assert.Contains("tiny, small, paper", Assert.Throws<ArgumentException>(() => ModelSize.Named("big")).Message, StringComparison.Ordinal);

    [Fact]
    public void Validate_WithSizesThatDoNotDivide_Throws()
    {
        var config = TinyConfigs.Model with { ImageSize = 36 };

        Assert.Contains("36 is not divisible by 16", Assert.Throws<ArgumentException>(config.Validate).Message, StringComparison.Ordinal);
    }
}
