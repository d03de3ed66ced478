using System.Reflection;
using System.Text;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

public sealed class AblationSettingsTests
{
    [Fact]
    public void The_rows_are_those_of_the_papers_table_4()
    {
        string Row(AblationSetting s) => $"{s.Id}: {s.Points}, {s.Scales}, {s.Alignment}, {s.Merge}, {s.Propagation}";

        Assert.Equal(
        [
            "kp: Keypoints, One, Flow, None, None",
            "lmk: Landmarks, One, Flow, None, None",
            "direct: Joined, One, Flow, None, None",
            "featcat: Both, One, Flow, Concatenation, None",
            "mmfa: Both, Two, Deformable, Fusion, None",
            "full: Both, Two, Deformable, Fusion, Context",
        ], AblationSettings.All.Select(Row));
        Assert.All(AblationSettings.All, setting => Assert.Equal((KeypointOrigin.Estimated, OcclusionKind.Estimated), (setting.Origin, setting.Occlusion)));
    }

    [Theory]
    [InlineData("full", "mmfa", "Propagation")]
    [InlineData("mmfa", "featcat", "Scales, Alignment, Merge")]
    [InlineData("featcat", "direct", "Points, Merge")]
    [InlineData("direct", "lmk", "Points")]
    [InlineData("direct", "kp", "Points")]
    public void Neighbours_differ_only_on_the_named_axes(string one, string other, string axes)
    {
        var (a, b) = (AblationSettings.Named(one), AblationSettings.Named(other));
        var differing = typeof(AblationSetting).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(axis => axis.CanWrite && axis.Name != nameof(AblationSetting.Id) && !Equals(axis.GetValue(a), axis.GetValue(b)))
            .Select(axis => axis.Name);

        Assert.Equal(axes, string.Join(", ", differing));
    }

    [Fact]
    public void Settings_start_equal_in_the_parameters_that_they_share()
    {
        using var scope = NewDisposeScope();
        var models = AblationSettings.All.Select(setting => PecHeadFactory.Create(TinyConfigs.For(setting), seed: 3)).ToList();
        var states = models.ConvertAll(model => model.state_dict());

        var shared = 0;
        foreach (var (a, b) in states.SelectMany(a => states, (a, b) => (a, b)))
        {
            foreach (var (name, tensor) in a.Where(entry => b.ContainsKey(entry.Key)))
            {
                TensorAssert.Close(tensor, b[name], 0, name);
                shared++;
            }
        }
        Assert.True(shared > 1000);
        models.ForEach(model => model.Dispose());      // not before: a module that is no longer used frees its parameters
    }

    [Fact]
    public void An_unknown_setting_is_refused_with_the_known_ones()
        => Assert.Contains("kp, lmk, direct, featcat, mmfa, full", Assert.Throws<ArgumentException>(() => AblationSettings.Named("best")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(PointSets.Keypoints, FeatureScales.One, MergeKind.Concatenation)]
    [InlineData(PointSets.Both, FeatureScales.One, MergeKind.None)]
    [InlineData(PointSets.Both, FeatureScales.One, MergeKind.Fusion)]
    [InlineData(PointSets.Both, FeatureScales.Two, MergeKind.Concatenation)]
    public void Axes_that_contradict_each_other_are_refused(PointSets points, FeatureScales scales, MergeKind merge)
        => Assert.Throws<ArgumentException>(() => (AblationSettings.Mmfa with { Points = points, Scales = scales, Merge = merge }).Validate());

    [Fact]
    public void The_state_of_every_setting_has_the_listed_names_and_shapes()
    {
        using var scope = NewDisposeScope();
        var text = new StringBuilder();
        foreach (var setting in AblationSettings.All)
        {
            using var model = PecHeadFactory.Create(PecHeadConfig.For(ModelSize.Paper, setting), seed: 0);
            text.Append("# ").AppendLine(setting.Id);
            foreach (var (name, tensor) in model.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal))
                text.Append(name).Append(' ').AppendLine(string.Join("x", tensor.shape));
        }
        var list = Path.Combine(Data.Repository.Root, "tests", "PECHead.Research.Tests", "Models", "state-dicts.txt");
        if (Environment.GetEnvironmentVariable("PECHEAD_WRITE_STATE_DICTS") == "1") File.WriteAllText(list, text.ToString());

        Assert.Equal(File.ReadAllText(list).ReplaceLineEndings(), text.ToString().ReplaceLineEndings());
    }

    [Fact]
    public void No_model_loss_or_trainer_knows_the_name_of_a_setting()
    {
        var library = Path.Combine(Data.Repository.Root, "src", "PECHead.Research");
        var allowed = new[] { "AblationSettings.cs" };
        Assert.All(
            Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories).Where(file => !allowed.Contains(Path.GetFileName(file))),
            file => Assert.DoesNotMatch("\"(kp|lmk|direct|featcat|mmfa|full)\"", File.ReadAllText(file).Replace("Id { get; init; } = \"full\"", "", StringComparison.Ordinal)));
    }
}
