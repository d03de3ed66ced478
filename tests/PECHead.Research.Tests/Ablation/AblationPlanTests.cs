using PECHead.Research.Ablation;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Recipes;
using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.Ablation;

public sealed class AblationPlanTests
{
    private static readonly string Table4 = Path.Combine(Repository.Root, "ablations", "plans", "table4.yaml");

    [Fact]
    public void The_plan_of_table_4_is_the_papers_settings_beside_the_papers_figures()
    {
        var plan = AblationPlanFile.Read(Table4);
        Assert.Equal(AblationSettings.All, plan.Settings);
        Assert.Equal([1], plan.Seeds);
        Assert.Equal("small", plan.Experiment.Size);
        Assert.Equal(30, PaperTable.Read(plan.Published!).Count(figure => figure.Dataset == plan.PublishedDataset));
    }

    [Fact]
    public void The_plan_of_slimmer_layers_has_three_seeds_and_settings_that_differ_in_these_layers_alone()
    {
        var plan = AblationPlanFile.Read(Path.Combine(Repository.Root, "ablations", "plans", "slim.yaml"));
        Assert.Equal([1, 2, 3], plan.Seeds);
        Assert.Equal([AblationSettings.Full, AblationSettings.Full with { Id = "full-slim", Propagation = PropagationKind.SlimContext }], plan.Settings);
        Assert.Equal(64, (plan.Experiment with { Setting = plan.Settings[1] }).FrameSize());
    }

    [Fact]
    public void A_further_setting_is_a_base_and_the_axes_that_differ()
    {
        var plan = AblationPlanFile.Parse("settings: [kp, {base: mmfa, id: mmfa-flow, alignment: flow}]", "plan");
        Assert.Equal(AblationSettings.Mmfa with { Id = "mmfa-flow", Alignment = AlignmentKind.Flow }, plan.Settings[1]);
        Assert.Equal(["mmfa-flow", "full"], plan.Only(["mmfa-flow", "FULL"]).Settings.Select(setting => setting.Id));
    }

    [Fact]
    public void The_output_composition_is_an_axis_and_the_further_settings_of_table_4_are_valid()
    {
        var lines = File.ReadLines(Table4).Where(line => line.StartsWith("#   - {", StringComparison.Ordinal)).Select(line => line[1..]).ToList();
        var plan = AblationPlanFile.Parse("settings:\n" + string.Join('\n', lines), "plan");
        var decoded = plan.Settings.Single(setting => setting.Id == "full-decoded");

        Assert.Equal(4, lines.Count);
        Assert.Equal(AblationSettings.Full with { Id = "full-decoded", Composition = OutputComposition.Decoded }, decoded);
        var stages = AblationStage.Of(plan, new AblationRow(decoded.Id, decoded), AblationBudget.OfSteps(10));
        Assert.Equal(["full-decoded-frames", "full-decoded"], stages.Select(stage => stage.Name));
        Assert.All(stages, stage => Assert.Equal(OutputComposition.Decoded, stage.Experiment(plan, 1).Architecture().Generator.Composition));
        Assert.Equal(OutputComposition.Decoded, PecHeadConfig.For(ModelSize.Small, decoded).Generator.Composition);
        Assert.All(plan.Settings.Where(setting => setting != decoded), setting => Assert.Equal(OutputComposition.Residual, (plan.Experiment with { Setting = setting }).Architecture().Generator.Composition));
    }

    [Theory]
    [InlineData("setings: [kp]", "did you mean 'settings'")]
    [InlineData("experiment: {training: {batchsize: 4}}", "did you mean 'batch_size'")]
    [InlineData("settings: [kp, kp]", "there twice")]
    [InlineData("seeds: [1, 1]", "seed is there twice")]
    [InlineData("settings: [nobody]", "No setting 'nobody'")]
    [InlineData("models: [nobody]", "No model 'nobody' can be trained")]
    [InlineData("settings: []", "at least one setting or model")]
    [InlineData("models: [lia, lia]", "'lia' is there twice")]
    [InlineData("first_stage: 1", "between 0 and 1")]
    [InlineData("experiment: {training: {batch_size: 6}}", "cannot be split into clips of 4")]
    public void A_mistake_in_a_plan_is_named(string yaml, string message)
        => Assert.Contains(message, Assert.Throws<DataException>(() => AblationPlanFile.Parse(yaml, "plan")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_model_is_a_row_of_one_stage_with_its_own_Adam_and_terms()
    {
        var plan = AblationPlanFile.Parse("settings: [full]\nmodels: [fomm, lia]\nexperiment: {size: tiny, training: {learning_rate: 2.0e-3}}", "plan");
        Assert.Equal(["full", "fomm", "lia"], plan.Rows.Select(row => row.Id));

        var stage = Assert.Single(AblationStage.Of(plan, plan.Rows[2], AblationBudget.OfSteps(7)));
        var experiment = stage.Experiment(plan, seed: 3);

        Assert.Equal(("lia", "tiny", 7, 3L), (experiment.Model, experiment.Size, experiment.Training.Steps, experiment.Training.Seed));
        Assert.Equal((2e-3, 0.0, 0.99), (experiment.Training.LearningRate, experiment.Training.Beta1, experiment.Training.Beta2));
        Assert.Equal((1.0, 0.0), (experiment.BaselineTerms()["pixel"], experiment.BaselineTerms()["adversarial"]));
        Assert.Equal(["lia"], plan.Only(["lia"]).Rows.Select(row => row.Id));
        var adversarial = plan with { Experiment = plan.Experiment with { Loss = new LossWeights { Adversarial = 1 } } };
        var fomm = AblationStage.Of(adversarial, plan.Rows[1], AblationBudget.OfSteps(7))[0].Experiment(adversarial, seed: 1).BaselineTerms();
        Assert.Equal((1.0, 10.0), (fomm["adversarial"], fomm["feature_matching"]));
    }

    [Fact]
    public void The_stages_of_a_setting_add_up_to_its_budget()
    {
        var plan = new AblationPlan();
        var full = AblationStage.Of(plan, new AblationRow("full", AblationSettings.Full), AblationBudget.OfSteps(1001));
        Assert.Equal([(601, 1, PropagationKind.None), (400, 4, PropagationKind.Context)], full.Select(stage => (stage.Budget.Steps, stage.FramesPerClip, stage.Setting!.Propagation)));
        Assert.Equal(25, AblationStage.Of(plan, new AblationRow("full", AblationSettings.Full), AblationBudget.OfMinutes(25)).Sum(stage => stage.Budget.Minutes!.Value), 9);
        Assert.Equal([1, 1], AblationStage.Of(plan, new AblationRow("full", AblationSettings.Full), AblationBudget.OfSteps(2)).Select(stage => stage.Budget.Steps));
    }

    [Fact]
    public void What_clips_are_trained_for_does_not_concern_the_first_stage()
    {
        var plan = new AblationPlan { Experiment = new ExperimentConfig { Clips = new ClipTrainingConfig { Noise = 4 } } };
        var stages = AblationStage.Of(plan, new AblationRow("full", AblationSettings.Full), AblationBudget.OfSteps(10));
        Assert.Equal([null, 4.0], stages.Select(stage => stage.Experiment(plan, 1).Clips?.Noise));
    }

    [Fact]
    public void Settings_that_differ_in_propagation_alone_share_their_first_stage()
    {
        IReadOnlyList<AblationStage> Of(AblationPlan plan, AblationSetting setting) => AblationStage.Of(plan, new AblationRow(setting.Id, setting), AblationBudget.OfSteps(1000));
        var plan = new AblationPlan();
        Assert.Equal(Of(plan, AblationSettings.Mmfa)[0], Of(plan, AblationSettings.Full)[0]);
        Assert.Equal(Of(plan, AblationSettings.Mmfa)[0], Of(plan.Only(["full"]), AblationSettings.Full)[0]);
        Assert.Equal(6 + 5, plan.Settings.SelectMany(setting => Of(plan, setting)).Select(stage => stage.Name).Distinct().Count());

        var alone = AblationSettings.Full with { Id = "alone", Occlusion = OcclusionKind.None };
        Assert.Equal(["alone-frames", "alone"], Of(plan with { Settings = [alone] }, alone).Select(stage => stage.Name));
    }

    [Fact]
    public void A_table_has_means_and_deviations_over_seeds_and_the_papers_figures_apart()
    {
        var plan = AblationPlanFile.Read(Table4) with { Settings = [AblationSettings.Kp, AblationSettings.Full], Metrics = ["L1", "CSIM"] };
        AblationResult[] results =
        [
            Result("kp", 1, 0.03, 0.5), Result("kp", 2, 0.05, 0.7), Result("full", 1, 0.02, null), Result("full", 2, 0.02, 0.9),
        ];
        var table = AblationTable.Assemble(plan, results, AblationTable.Published(plan));
        var lines = table.ToMarkdown().Split('\n');
        var runs = AblationTable.Runs(results);

        Assert.Equal(["kp", "kp", "full", "full"], runs.Texts("setting"));
        Assert.Equal([0.5, 0.7, null, 0.9], runs.Numbers("CSIM[faceres]"));
        Assert.StartsWith("| setting | L1 ↓ | CSIM[faceres] ↑ | steps | minutes | L1, paper (TalkingHead-1KH) ↓ | FID, paper (TalkingHead-1KH) ↓ | CSIM, paper", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("| source copy | 0.1000 | – |", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("| KP | <u>0.0400 ± 0.0141</u> | <u>0.6000 ± 0.1414</u> | 10 ± 0 |", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("| Full | **0.0200 ± 0.0000** | **0.9000** | 10 ± 0 |", lines[4], StringComparison.Ordinal);
        Assert.Contains("| **0.0357** | **30.10** | **0.7790** |", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_that_nothing_measures_is_refused_before_training()
    {
        AblationTable.RequireMetrics(new AblationPlan { Metrics = ["CSIM", "MS-SSIM"] }, ["CSIM[faceres]", "MS-SSIM@256"]);
        var error = Assert.Throws<DataException>(() => AblationTable.RequireMetrics(new AblationPlan { Metrics = ["SIM"] }, ["SIMILARITY", "MS-SIM"]));
        Assert.Contains("'SIM'", error.Message, StringComparison.Ordinal);
    }

    private static AblationResult Result(string setting, long seed, double l1, double? csim) => new(
        setting, seed, 10, 1.5, [new("L1", false, l1, ""), new("SSIM", true, 1, ""), new("CSIM[faceres]", true, csim, "")], [new("L1", false, 0.1, "")], "terms");
}
