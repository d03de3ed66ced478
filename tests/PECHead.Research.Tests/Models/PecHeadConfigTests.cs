using System.Text.RegularExpressions;
using PECHead.Research.Models;
using static TorchSharp.torch;

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
        // Motion is estimated at a quarter of the side, and every hourglass ends at 2 px: Validate accepts no deeper one.
        Assert.Equal(2, size.ImageSize / config.Motion.Reduction >> config.Motion.HourglassDepth);
        Assert.Throws<ArgumentException>((config with { Motion = config.Motion with { HourglassDepth = config.Motion.HourglassDepth + 2 } }).Validate);
    }

    [Fact]
    public void For_PaperSize_HasTheDefaultWidths() =>
        Assert.Equal(new PecHeadConfig(), PecHeadConfig.For(ModelSize.Paper, AblationSettings.Full));

    [Fact]
    public void A_small_model_has_the_parts_of_a_large_one_at_a_quarter_of_their_widths()
    {
        var (large, small) = (Convolutions(ModelSize.Paper), Convolutions(ModelSize.Small));

        // The hourglasses are a level shallower, so that theirs are fewer and narrower at the bottom.
        Assert.Empty(small.Keys.Except(large.Keys));
        Assert.All(large.Keys.Except(small.Keys), name => Assert.Matches("hourglass|estimator", name));
        Assert.All(
            small.Where(entry => !entry.Key.Contains("hourglass", StringComparison.Ordinal) && !Fixed.IsMatch(entry.Key)),
            entry => Assert.True(large[entry.Key] == 4 * entry.Value, $"{entry.Key}: {large[entry.Key]} of a large model, {entry.Value} of a small one"));
    }

    // Heads whose channels follow from points, taps or colours.
    private static readonly Regex Fixed = new("heatmap|mask|occlusion|prediction|share|final");

    private static Dictionary<string, long> Convolutions(ModelSize size)
    {
        using var scope = NewDisposeScope();
        using var model = PecHeadFactory.Create(PecHeadConfig.For(size, AblationSettings.Full), seed: 0);
        return model.named_parameters().Where(entry => entry.parameter.ndim == 4).ToDictionary(entry => entry.name, entry => entry.parameter.size(0));
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
