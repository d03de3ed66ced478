using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Recipes;

namespace PECHead.Research.Tests.Training;

public sealed class AblationSettingConverterTests
{
    [Fact]
    public void A_setting_is_named_by_its_id()
        => Assert.Equal(AblationSettings.Mmfa, Read("setting: mmfa").Setting);

    [Fact]
    public void A_new_setting_is_a_base_and_the_axes_that_differ()
        => Assert.Equal(
            AblationSettings.Mmfa with { Id = "mmfa-flow", Alignment = AlignmentKind.Flow },
            Read("setting: {base: mmfa, id: mmfa-flow, alignment: flow}").Setting);

    [Fact]
    public void Written_and_read_again_a_setting_is_the_same()
    {
        foreach (var setting in AblationSettings.All)
            Assert.Equal(setting, Read(ExperimentConfigFile.Format(new ExperimentConfig { Setting = setting })).Setting);
    }

    [Theory]
    [InlineData("setting: best", "kp, lmk, direct")]
    [InlineData("setting: {base: mmfa, alignement: flow}", "no axis 'alignement'")]
    [InlineData("setting: {base: mmfa, alignment: warp}", "use flow, deformable")]
    [InlineData("setting: {base: mmfa, points: joined}", "do not go together")]
    [InlineData("setting: {base: mmfa, alignment: flow, alignment: flow}", "twice")]
    public void What_makes_no_sense_is_refused_with_the_line_and_the_choices(string yaml, string message)
    {
        var error = Assert.Throws<DataException>(() => Read(yaml));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
    }

    private static ExperimentConfig Read(string yaml) => ExperimentConfigFile.Parse(yaml, "experiment.yaml");
}
