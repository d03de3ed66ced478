using System.Reflection;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

public sealed class AblationSettingsTests
{
    // The paper's Table 4 and our reading of its wiring: | name | motion estimators: points, input channels | scales | alignment | merge | propagation |
    // k: 10 learned keypoints, from the estimator of Eq. 2; l: 68 landmarks. An estimator has 4 channels a point and 4 for the background.
    private const string Table4 = """
        | kp      | k: 44          | 64        | flow warp | -                                   | off |
        | lmk     | l: 276         | 64        | flow warp | -                                   | off |
        | direct  | k+l: 316       | 64        | flow warp | at point level                      | off |
        | featcat | k: 44, l: 276  | 64, 64    | flow warp | concat 2x256 -> Conv3x3 -> 256      | off |
        | mmfa    | k: 44, l: 276  | 32, 64    | DCN       | reduce 512 -> 256, concat, Conv3x3  | off |
        | full    | k: 44, l: 276  | 32, 64    | DCN       | reduce 512 -> 256, concat, Conv3x3  | on  |
        """;

    [Fact]
    public void Models_of_the_six_settings_are_wired_as_the_papers_table_4()
    {
        using var scope = NewDisposeScope();
        string[] built = [.. AblationSettings.All.Select(Wiring)];
        Assert.Equal(Table4.Split('\n').Select(row => string.Join('|', row.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Trim()))), built);
    }

    // Read off the parameters of a model of full width, not off its setting.
    private static string Wiring(AblationSetting setting)
    {
        using var model = PecHeadFactory.Create(PecHeadConfig.For(ModelSize.Paper, setting), seed: 0);
        var shapes = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.shape);
        (string Module, string Points)[] branches = [.. new[] { ("keypoints", "k"), ("landmarks", "l"), ("joined", "k+l") }.Where(branch => shapes.ContainsKey($"{branch.Item1}.motion.mask.weight"))];
        Assert.Equal(branches.Any(branch => branch.Points.Contains('k')), shapes.TryGetValue("locator.estimator.heatmap.weight", out var keypoints));
        if (keypoints is not null) Assert.Equal(10, keypoints[0]);
        Assert.All(branches, branch => Assert.Contains($"{branch.Module}.motion.occlusion.weight", shapes.Keys));
        var deformable = branches.Select(branch => shapes.ContainsKey($"{branch.Module}.alignment.dcn.weight")).Distinct().Single();
        var merge = true switch
        {
            _ when shapes.TryGetValue("merge.conv.weight", out var conv) => $"concat 2x{conv[1] / 2} -> Conv{conv[2]}x{conv[3]} -> {conv[0]}",
            _ when shapes.TryGetValue("merge.reduce.weight", out var reduce) => $"reduce {reduce[1]} -> {reduce[0]}, concat, Conv{shapes["merge.fuse.weight"][2]}x{shapes["merge.fuse.weight"][3]}",
            _ when branches is [{ Points: "k+l" }] => "at point level",
            _ => "-",
        };
        return string.Join('|',
            setting.Id,
            string.Join(", ", branches.Select(branch => $"{branch.Points}: {shapes[$"{branch.Module}.motion.hourglass.encoder.0.conv.weight"][1]}")),
            string.Join(", ", branches.Select(branch => shapes.ContainsKey($"{branch.Module}.level.0.conv1.weight") ? 32 : 64)),
            deformable ? "DCN" : "flow warp", merge, shapes.ContainsKey("propagation.memory.gates.weight") ? "on" : "off");
    }

    [Theory]
    [InlineData("full", "mmfa", "Propagation")]
    [InlineData("mmfa", "featcat", "Scales, Alignment")]
    [InlineData("featcat", "direct", "Points")]
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
    [InlineData(PointSets.Keypoints)]
    [InlineData(PointSets.Landmarks)]
    [InlineData(PointSets.Joined)]
    public void Two_scales_take_two_branches(PointSets points)
        => Assert.Throws<ArgumentException>(() => (AblationSettings.Mmfa with { Points = points }).Validate());

    [Fact]
    public void The_state_of_every_setting_has_the_listed_names_and_shapes()
    {
        var list = Path.Combine(Data.Repository.Root, "tests", "PECHead.Research.Tests", "Models", "state-dicts.txt");
        using var present = new StringWriter();
        StateDictList.Write(present);

        Assert.Equal(File.ReadAllText(list).ReplaceLineEndings(), present.ToString().ReplaceLineEndings());
    }

    [Fact]
    public void No_model_loss_or_trainer_knows_the_name_of_a_setting()
    {
        var library = Path.Combine(Data.Repository.Root, "src", "PECHead.Research");
        var allowed = new[] { "AblationSettings.cs" };
        // The id of a setting that is not named, and a field of LivePortrait's motion templates.
        var known = new[] { "Id { get; init; } = \"full\"", "const string Keypoints = \"kp\"" };
        Assert.All(
            Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories).Where(file => !allowed.Contains(Path.GetFileName(file))),
            // A published module may be called like a setting.
            file => Assert.DoesNotMatch("(?<!ComponentName\\(Name = )\"(kp|lmk|direct|featcat|mmfa|full)\"", known.Aggregate(File.ReadAllText(file), (text, name) => text.Replace(name, "", StringComparison.Ordinal))));
    }
}
