using PECHead.Research.Ablation;
using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Recipes;
using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.Training;

public sealed class ExperimentConfigFileTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var config = new ExperimentConfig
        {
            Size = "paper",
            MotionHead = MotionHeadInput.Reduced,
            Training = new TrainingConfig { Steps = 7, LearningRate = 1.5e-3, Precision = Precision.Full, ChannelsLast = false },
            Augmentation = new FrameAugmentationConfig { Flip = 0.25 },
            Flow = FrameFlow.Raft,
            Setting = AblationSettings.Kp with { Id = "other", Origin = KeypointOrigin.Detected, Composition = OutputComposition.Decoded },
            ThinPlate = new ThinPlateSplineConfig { AffineDeviation = 0.1 },
        };
        Assert.Equal(config, ExperimentConfigFile.Parse(ExperimentConfigFile.Format(config), "x.yaml"));
    }

    [Fact]
    public void What_is_left_out_keeps_its_default()
        => Assert.Equal(new ExperimentConfig { Size = "tiny" }, ExperimentConfigFile.Parse("size: tiny", "x.yaml"));

    [Theory]
    [InlineData("recognizer", PerceptualFeatureSet.Recognizer)]
    [InlineData("vgg19", PerceptualFeatureSet.Vgg19)]
    [InlineData("pyramid", PerceptualFeatureSet.Pyramid)]
    public void The_features_of_the_perceptual_term_are_named(string name, PerceptualFeatureSet features)
        => Assert.Equal(features, ExperimentConfigFile.Parse($"features: {name}", "x.yaml").Features);

    [Theory]
    [InlineData("learning_rat: 1", "line 1", "learning_rate' under 'training")]
    [InlineData("training:\n  learning_rat: 1", "line 2", "learning_rate")]
    [InlineData("trainin:\n  steps: 1", "line 1", "training")]
    [InlineData("loss:\n  pixle: 1", "line 2", "pixel")]
    public void An_unknown_key_is_an_error_that_names_the_line_and_the_nearest_key(string text, string line, string nearest)
    {
        var message = Assert.Throws<DataException>(() => ExperimentConfigFile.Parse(text, "x.yaml")).Message;
        Assert.Contains("x.yaml", message, StringComparison.Ordinal);
        Assert.Contains(line, message, StringComparison.Ordinal);
        Assert.Contains($"did you mean '{nearest}'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training:\n  steps: many")]
    [InlineData("training:\n  batch_size: 0")]
    [InlineData("training:\n  precision: loose")]
    [InlineData("loss:\n  pixel: -1")]
    [InlineData("size: enormous")]
    [InlineData("flow: optical")]
    [InlineData("thin_plate: {control_points_per_side: 3}")]
    [InlineData("size: [")]
    [InlineData("size: tiny\nsize: tiny")]
    [InlineData("model: nobody")]
    [InlineData("model: fomm\nweights: {warp: 1}")]
    [InlineData("model: fomm\nweights: {perceptual: -1}")]
    [InlineData("model: fomm\nloss: {pixel: 1}")]
    [InlineData("model: fomm\nsetting: kp")]
    [InlineData("model: fomm\nstage: disentangling")]
    [InlineData("model: mraa\nstage: stitching")]
    [InlineData("model: lia\ntraining: {frames_per_clip: 4}")]
    [InlineData("weights: {perceptual: 1}")]
    [InlineData("training: {milestones: [60]}")]
    public void A_value_that_does_not_fit_is_an_error_that_names_the_file(string text)
        => Assert.StartsWith("x.yaml: ", Assert.Throws<DataException>(() => ExperimentConfigFile.Parse(text, "x.yaml")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("training:\n  batch_size: two", "x.yaml: line 2: 'two' is no value for batch_size.")]
    [InlineData("training:\n  learning_rate: 0,1", "x.yaml: line 2: '0,1' is no value for learning_rate: write a point for the decimals, and no separators.")]
    [InlineData("training:\n  learning_rat: 1", "x.yaml: line 2: unknown key 'learning_rat'; did you mean 'learning_rate'?")]
    [InlineData("training: {batch_size: 0}", "x.yaml: line 1: batch_size must be at least 1, not 0.")]
    [InlineData("training: {learning_rate: 0}", "x.yaml: line 1: learning_rate must be above 0, not 0.")]
    [InlineData("training:\n  learning_rate: 1e60", "x.yaml: line 2: learning_rate must be at most 1, not 1E+60.")]
    [InlineData("loss: {warp: 1, pixel: 1e60}", "x.yaml: line 1: pixel must be at most 1000000, not 1E+60.")]
    [InlineData("loss:\n  # warp: 1\n  warp: -3", "x.yaml: line 3: warp must be 0 or more, not -3.")]
    [InlineData("training:\n  lr: 1", "x.yaml: line 2: unknown key 'lr'; the keys here are steps, ")]
    public void A_message_can_be_understood_without_the_code(string text, string message)
        => Assert.StartsWith(message, Assert.Throws<DataException>(() => ExperimentConfigFile.Parse(text, "x.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_defaults_are_the_recipe_of_the_reference()
        => Assert.Equal(new ExperimentConfig(), AblationPlanFile.Read(Path.Combine(Repository.Root, "ablations", "plans", "table4.yaml")).Experiment);

    [Fact]
    public void The_papers_values_are_a_file_of_their_own()
    {
        var paper = ExperimentConfigFile.Read(Path.Combine(Repository.Root, "experiments", "configs", "paper.yaml"));
        Assert.Equal((256, PerceptualFeatureSet.Vgg19, OutputComposition.Decoded), (paper.Architecture().ImageSize, paper.Features, paper.Architecture().Generator.Composition));
        Assert.Equal((2e-4, 0.5, 0, 1.0), (paper.Training.LearningRate, paper.Training.Beta1, paper.Training.WarmupSteps, paper.Training.FinalFraction));
        Assert.Equal((1.0, 10.0, 0.0), (paper.Loss.Adversarial, paper.Loss.KeypointSpread, paper.Loss.FaceParts));
        Assert.False(paper.Augmentation.IsNone);
    }

    [Fact]
    public void The_experiments_of_the_project_are_valid()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "experiments", "configs"), "*.yaml");
        Assert.NotEmpty(files);
        Assert.All(files, file => ExperimentConfigFile.Read(file));
    }

    [Theory]
    [InlineData("fomm")]
    [InlineData("mraa")]
    [InlineData("tpsmm")]
    [InlineData("osfv")]
    [InlineData("lia")]
    [InlineData("dagan")]
    [InlineData("face2face-rho")]
    [InlineData("codebook")]
    [InlineData("liveportrait")]
    public void The_configurations_of_a_baseline_are_read_and_its_recipe_agrees(string id)
    {
        var folder = Path.Combine(Repository.Root, "experiments", "configs");
        var (small, paper) = (ExperimentConfigFile.Read(Path.Combine(folder, $"{id}-small.yaml")), ExperimentConfigFile.Read(Path.Combine(folder, $"{id}-paper.yaml")));
        var recipe = BaselineRecipes.Named(id);
        Assert.Equal((id, id, 128, 256), (small.Model, paper.Model, small.FrameSize(), paper.FrameSize()));
        Assert.Equal(recipe.Weights, paper.BaselineTerms());
        foreach (var training in new[] { small.Training, paper.Training })
        {
            Assert.Equal(
                (recipe.Beta1, recipe.Beta2, recipe.WeightDecay, recipe.GradientBound), (training.Beta1, training.Beta2, training.WeightDecay, training.GradientBound));
        }
    }

    [Fact]
    public void The_weights_of_a_baseline_survive_being_written()
    {
        var config = ExperimentConfigFile.Parse("model: lia\nweights: {pixel: 2.5}\nupstream_quirks: true\ntraining: {milestones: [0.5]}", "x.yaml");
        var read = ExperimentConfigFile.Parse(ExperimentConfigFile.Format(config), "y.yaml");
        Assert.Equal((2.5, 10.0, true, 0.5), (read.BaselineTerms()["pixel"], read.BaselineTerms()["perceptual"], read.UpstreamQuirks, read.Training.Milestones[0]));
    }
}
