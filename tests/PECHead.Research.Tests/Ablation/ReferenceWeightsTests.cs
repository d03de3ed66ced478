using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Ablation;

/// <summary>The committed weights of the six settings.</summary>
public sealed class ReferenceWeightsTests
{
    private const double LargestTotal = 40e6;   // bytes

    public static TheoryData<string> Settings => [.. AblationSettings.All.Select(setting => setting.Id)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Weights_say_which_setting_they_are_of_and_where_they_come_from(string id)
    {
        var (config, progress) = RunCheckpoint.ReadHeader(Checkpoint(id));
        Assert.Equal((AblationSettings.Named(id), "small"), (config.Setting, config.Size));
        Assert.True(progress.Step > 0);
        var provenance = PublishedRun.ReadProvenance(Checkpoint(id));
        Assert.All(["command", "commit", "frames"], name => Assert.NotEmpty(provenance[name]));
        using var model = RunCheckpoint.LoadModel(Checkpoint(id), CPU);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Weights_bring_their_whole_configuration_and_no_default_decides(string id)
    {
        using var file = SafetensorsFile.Open(Checkpoint(id));
        var stored = file.Metadata["config"];
        string[] Keys(string yaml) => [.. yaml.Split('\n').Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)])];
        // The flow and the heads' input are younger than the weights; Lucas-Kanade and wide heads were the only ones. How branches merge follows from points and scales.
        Assert.Equal(Keys(stored).Except(["  merge"]).Append("flow").Append("motion_head").Order(), Keys(ExperimentConfigFile.Format(ExperimentConfigFile.Parse(stored, id))).Order());
    }

    [Fact]
    public void All_settings_had_the_same_frames_and_the_same_configuration_but_for_the_setting()
    {
        var frames = AblationSettings.All.Select(setting => PublishedRun.ReadProvenance(Checkpoint(setting.Id))["frames"]);
        Assert.Single(frames.Distinct());
        // Settings with propagation end with a stage of clips, with a rate and a length of its own.
        var configs = AblationSettings.All.Where(setting => setting.Propagation == PropagationKind.None)
            .Select(setting => ExperimentConfigFile.Format(RunCheckpoint.ReadHeader(Checkpoint(setting.Id)).Config with { Setting = AblationSettings.Kp }));
        Assert.Single(configs.Distinct());
    }

    [Fact]
    public void All_weights_together_are_small_enough_for_a_repository()
        => Assert.InRange(AblationSettings.All.Sum(setting => new FileInfo(Checkpoint(setting.Id)).Length), 1, LargestTotal);

    [PreparedFact]
    public void On_held_out_frames_full_leaves_at_most_three_fifths_of_the_error_of_copying_the_source()
    {
        var (copied, full) = Scores(clips => clips);
        Assert.InRange(full["L1"], 0, copied["L1"] * 0.6);
    }

    [PreparedFact]
    public void A_head_that_goes_to_twice_its_distance_stays_a_face()
    {
        using var measurer = new FaceMeasurer(PublishedNetworks.Files, CPU);
        var (_, full) = Scores(clips => [.. clips.Where(clip => clip.Clip.Id == "cap12/000850")], measurer);
        Assert.InRange(full["AKD[mesh]"], 0, 1);
    }

    // Of copying the source and of the setting full, over every 15th frame.
    private static (IReadOnlyDictionary<string, double> Copied, IReadOnlyDictionary<string, double> Full) Scores(
        Func<IReadOnlyList<DrivenClip>, IReadOnlyList<DrivenClip>> chosen, FaceMeasurer? measurer = null)
    {
        using var scope = NewDisposeScope();
        using var store = FaceStore.Open(PreparedFactAttribute.Store);
        using var full = RunCheckpoint.LoadModel(Checkpoint("full"), CPU);
        var rows = ReconstructionEvaluation.Run([("full", full)], store, chosen(DrivenClip.Of(store.Index, stride: 15)), CPU, measurer);
        return (rows[0].Scores.Compute(), rows[1].Scores.Compute());
    }

    private static string Checkpoint(string id) => new RunFolder(Path.Combine(Repository.Root, "ablations", "reference", id)).Checkpoint;

    /// <summary>A test that needs the embedded videos at 128 px with the faces in them.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PreparedFactAttribute : FactAttribute
    {
        public PreparedFactAttribute()
        {
            if (!PublishedNetworks.AreFetched || !File.Exists(Path.Combine(Store, "faces.mesh.safetensors")))
                Skip = "needs the frames: pechead data prepare data-manifests/talking-face.yaml --size 128";
        }

        public static string Store { get; } = Path.Combine(Repository.Root, "data", "talking-face-128");
    }
}
