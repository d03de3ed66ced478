using PECHead.Research.Acceleration;
using PECHead.Research.Catalog;
using PECHead.Research.Checkpoints;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
using PECHead.Research.Tests.Flow;
using PECHead.Research.Tests.Perception;
using PECHead.Research.Training;
using PECHead.Research.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

/// <summary>Every baseline, trained by the one trainer.</summary>
[Collection(AloneCollection.Name)]
public sealed class BaselineTrainingTests(TinyStore tiny) : IClassFixture<TinyStore>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Ids => [.. BaselineRecipes.All.Select(recipe => recipe.Id)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ids))]
    public void After_a_step_every_parameter_has_a_gradient_unless_the_catalogue_names_it(string id)
    {
        using var scope = NewDisposeScope();
        var config = Config(id, steps: 2, precision: Precision.Full);
        random.manual_seed(1);
        using var state = TrainingState.Create(config, CPU);
        var (step, sample) = (TinyStep.Of(state, config), Sample());

        // The first step moves what begins at zero; behind the share of the run at which they begin, all terms count.
        step.Run(0, sample, 1e-3, 0.5, null, null);
        step.Run(1, sample, 1e-3, 0.5, null, null);

        // A shift of all judgements does not change the hinge between real and generated frames while neither is beyond it.
        string[] balanced = id switch { "osfv" or "liveportrait" => ["judge.conv.bias"], "codebook" => ["main.14.bias"], _ => [] };
        var untrained = ModelCatalog.Entry(id).Untrained;
        var faulty = Faulty(state.Model).Concat(state.Discriminator is { } judge ? Faulty(judge) : [])
            .Where(name => !untrained.Any(part => name.StartsWith(part, StringComparison.Ordinal)));
        Assert.Equal([], faulty.Where(name => !balanced.Any(end => name.EndsWith(end, StringComparison.Ordinal))));
        Assert.All(untrained, part => Assert.Contains(state.Model.named_parameters(), entry => entry.name.StartsWith(part, StringComparison.Ordinal) && entry.parameter.grad is null));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_loss_falls(string id)
    {
        var losses = new List<double>();
        Run("run", Config(id, steps: 40, adversarial: false), new StepReport(progress => losses.Add(progress.Losses["total"])));
        var (first, last) = (losses.Take(5).Average(), losses.TakeLast(5).Average());
        Assert.True(last < 0.9 * first, $"{first} → {last}");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_resumed_run_ends_with_the_same_bytes_and_is_a_model_of_the_catalogue(string id)
    {
        var config = Config(id, steps: 3);
        Assert.Equal(TrainingOutcome.Finished, Run("whole", config));
        using var stop = new CancellationTokenSource();
        Assert.Equal(TrainingOutcome.Stopped, Run("parts", config, new StepReport(p => { if (p.Step == 1) stop.Cancel(); }), cancellation: stop.Token));
        Assert.Equal(TrainingOutcome.Finished, Run("parts", config));

        using var scope = NewDisposeScope();
        var (whole, parts) = (StateDict.Load(Folder("whole").Checkpoint), StateDict.Load(Folder("parts").Checkpoint));
        Assert.Equal(whole.Keys, parts.Keys);
        Assert.All(whole, entry => Assert.True(entry.Value.bytes.SequenceEqual(parts[entry.Key].bytes), entry.Key));

        var loaded = ModelCatalog.Load(Folder("whole").Path);
        using var model = loaded.Model;
        Assert.Equal((id, model.NeedsFaces ? "mesh" : null, 3), (loaded.Entry.Id, loaded.Reconstructor, loaded.Progress!.Step));
        using var quiet = no_grad();
        var frame = model.NeedsFaces ? Moment(1).AsSource(new DrawnReconstructor()) : new FaceFrame(rand(1, 3, 64, 64));
        var image = model.call(frame, frame with { Image = rand(1, 3, 64, 64) }).Image;
        Assert.Equal([1L, 3, model.OutputSize, model.OutputSize], image.shape);
        Assert.True(image.isfinite().all().ToBoolean());
    }

    [Theory]
    [InlineData("mraa")]
    [InlineData("tpsmm")]
    public void The_second_stage_trains_the_network_that_separates_shape_and_pose_and_nothing_else(string id)
    {
        Run("first", Config(id, steps: 2));
        var losses = new List<double>();
        var config = Config(id, steps: 30) with { Stage = TrainedStage.Disentangling };
        Run("second", config, new StepReport(progress => losses.Add(progress.Losses["total"])), Folder("first").Checkpoint);
        Assert.True(losses.TakeLast(5).Average() < 0.8 * losses.Take(5).Average(), $"{losses[0]} → {losses[^1]}");

        using var scope = NewDisposeScope();
        var (first, second) = (StateDict.Load(Folder("first").Checkpoint), StateDict.Load(Folder("second").Checkpoint));
        var kept = first.Where(entry => entry.Key.StartsWith("average.", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(kept);
        Assert.All(kept, entry => Assert.True(entry.Value.bytes.SequenceEqual(second["model." + entry.Key["average.".Length..]].bytes), entry.Key));
        Assert.All(second.Keys.Where(key => key.StartsWith("optimizer.", StringComparison.Ordinal)), key => Assert.StartsWith("optimizer.avd_network.", key, StringComparison.Ordinal));
        using var model = ModelCatalog.Load(Folder("second").Path).Model;
        Assert.Contains(MotionMode.Disentangled, model.Modes);
    }

    [NetworkFact]
    public void The_second_stage_of_liveportrait_trains_the_networks_that_shift_points_and_resumes_to_the_bit()
    {
        Run("first", Config("liveportrait", steps: 2));
        var config = Config("liveportrait", steps: 3) with { Stage = TrainedStage.Stitching };
        Run("whole", config, null, Folder("first").Checkpoint);
        using var stop = new CancellationTokenSource();
        Run("parts", config, new StepReport(p => { if (p.Step == 1) stop.Cancel(); }), Folder("first").Checkpoint, stop.Token);
        Run("parts", config);

        using var scope = NewDisposeScope();
        var (first, whole, parts) = (StateDict.Load(Folder("first").Checkpoint), StateDict.Load(Folder("whole").Checkpoint), StateDict.Load(Folder("parts").Checkpoint));
        bool Learns(string name) => ModelCatalog.Entry("liveportrait").Untrained.Any(part => name.StartsWith(part, StringComparison.Ordinal));
        foreach (var (key, value) in first.Where(entry => entry.Key.StartsWith("average.", StringComparison.Ordinal)))
        {
            // Weights of the hidden layers stay in the first step, since the last layer begins at zero; in three all have moved.
            var name = key["average.".Length..];
            Assert.True(Learns(name) != value.bytes.SequenceEqual(whole["model." + name].bytes), name);
        }
        Assert.All(whole.Keys.Where(key => key.StartsWith("optimizer.", StringComparison.Ordinal)), key => Assert.True(Learns(key["optimizer.".Length..]), key));
        Assert.All(whole, entry => Assert.True(entry.Value.bytes.SequenceEqual(parts[entry.Key].bytes), entry.Key));
    }

    [NetworkFact]
    public void The_loss_of_liveportraits_second_stage_falls_on_a_batch_that_it_sees_again_and_again()
    {
        using var scope = NewDisposeScope();
        using var networks = new FaceNetworks(PublishedNetworks.Files);
        // The mesh network sees no faces in what random weights draw: its ratios jump with the rounding of brain floats.
        var config = Config("liveportrait", steps: 20, precision: Precision.Full) with { Stage = TrainedStage.Stitching };
        using var state = TrainingState.Create(config, CPU);
        random.manual_seed(1);
        var (step, sample) = (TinyStep.Of(state, config, networks), Sample());

        // The number of the step says which ratios are asked for.
        double[] losses = [.. Enumerable.Range(0, 12).Select(_ => step.Run(0, sample, 1e-3)["total"])];

        Assert.True(losses[^1] < losses[0], $"{losses[0]} → {losses[^1]}");
        Assert.All(new[] { "stitching.", "eye.", "lip." }, part => Assert.All(
            state.Model.named_parameters().Where(entry => entry.name.StartsWith(part, StringComparison.Ordinal)),
            entry => Assert.True(entry.parameter.grad!.abs().sum().ToDouble() > 0, entry.name)));
    }

    [Fact]
    public void What_the_face_networks_are_asked_is_refused_without_them()
    {
        using var state = TrainingState.Create(Config("liveportrait", steps: 1), CPU);
        var config = Config("liveportrait", steps: 1);
        var identity = config with { Weights = new Dictionary<string, double> { [BaselineRecipe.Identity] = 1 } };

        Assert.Contains("the term 'identity' asks the face networks", Assert.Throws<ArgumentException>(() => TinyStep.Of(state, identity)).Message, StringComparison.Ordinal);
        Assert.Contains("the stage 'stitching' asks the face networks", Assert.Throws<ArgumentException>(() => TinyStep.Of(state, config with { Stage = TrainedStage.Stitching })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_of_the_size_that_liveportrait_makes_teach_every_pixel_and_smaller_ones_squares()
    {
        using var scope = NewDisposeScope();
        var config = Config("liveportrait", steps: 2, adversarial: false, precision: Precision.Full);
        Tensor Trained(int side)
        {
            using var state = TrainingState.Create(config, CPU);
            var step = TinyStep.Of(state, config);
            random.manual_seed(1);
            var sample = new TrainingSample([Moment(side: side)], [Moment(side: side)]);
            step.Run(0, sample, 1e-3);
            step.Run(1, sample, 1e-3);
            return state.Model.named_parameters().Single(entry => entry.name == "spade_generator.conv_img.0.weight").parameter.detach().clone();
        }
        Tensor Spread(Tensor weight) => weight.unflatten(0, 3, 4).std(1).max();

        Assert.Equal(0, Spread(Trained(64)).ToDouble(), 1e-6);
        Assert.True(Spread(Trained(128)).ToDouble() > 1e-4);
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(0.05, 0.25)]
    [InlineData(0.2, 0.3)]
    [InlineData(0.35, 0)]
    public void Splines_are_dropped_more_and_more_and_then_no_longer(double progress, double dropped)
        => Assert.Equal(dropped, SplineObjective.Dropped(progress), 12);

    private static IEnumerable<string> Faulty(nn.Module module) => module.named_parameters()
        .Where(entry => entry.parameter.grad is not { } gradient || !gradient.isfinite().all().ToBoolean() || gradient.abs().sum().ToDouble() == 0)
        .Select(entry => entry.name);

    [Theory]
    [InlineData("dagan", "keypoint_distance", 10)]
    [InlineData("codebook", "keypoint_distance", 1)]
    public void A_term_of_public_code_without_a_gradient_is_kept_where_that_is_asked_for_and_else_moves_the_points(string id, string term, double weight)
    {
        foreach (bool quirks in new[] { true, false })
        {
            using var scope = NewDisposeScope();
            var config = Config(id, steps: 1, adversarial: false, precision: Precision.Full) with { UpstreamQuirks = quirks };
            Assert.Equal(weight, config.BaselineTerms()[term]);
            random.manual_seed(1);
            using var state = TrainingState.Create(config, CPU);
            TinyStep.Of(state, config).Run(0, Sample(), 1e-3);
            var (with, without) = (Gradient(state, config), Gradient(state, config with { Weights = config.Weights.Append(new(term, 0)).ToDictionary() }));
            Assert.Equal(quirks, with.SequenceEqual(without));
        }
    }

    [Fact]
    public void The_share_of_the_depth_network_is_its_own_term_and_without_a_weight_it_is_frozen()
    {
        using var scope = NewDisposeScope();
        var config = Config("dagan", steps: 2, precision: Precision.Full) with { Weights = new Dictionary<string, double> { ["depth"] = 0 } };
        using var state = TrainingState.Create(config, CPU);
        var before = state.Model.state_dict().Where(entry => entry.Key.StartsWith("depth_", StringComparison.Ordinal)).ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        TinyStep.Of(state, config).Run(0, Sample(), 1e-3);
        Assert.All(before, entry => Assert.True(entry.Value.equal(state.Model.state_dict()[entry.Key]).all().ToBoolean(), entry.Key));
    }

    private static float[] Gradient(TrainingState state, ExperimentConfig config)
    {
        random.manual_seed(2);
        TinyStep.Of(state, config).Run(0, Sample(), 0);
        return state.Model.named_parameters().First(entry => entry.name.EndsWith("kp_detector.heatmap.weight", StringComparison.Ordinal)).parameter.grad!.data<float>().ToArray();
    }

    private static TrainingSample Sample() => new([Moment()], [Moment()]);

    private static FaceObservation Moment(long count = 2, int side = 64) => new(
        rand(count, 3, side, side), new FaceCoefficients(zeros(count, 2), zeros(count, 3), 0.1 * randn(count, 3), zeros(count, 3), zeros(count, 3), ones(count)));

    private TrainingOutcome Run(string name, ExperimentConfig config, IProgress<TrainingProgress>? progress = null, string? initial = null, CancellationToken cancellation = default)
    {
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());
        using var networks = config.AsksFaceNetworks() ? new FaceNetworks(PublishedNetworks.Files) : null;
        return new Trainer(tiny.Store, Folder(name), perceptual, new StillFlow(), CPU) { Networks = networks }.Run(config, initial: initial, progress: progress, cancellation: cancellation);
    }

    private RunFolder Folder(string name) => new(_folder[name]);

    // Drawn faces are nobody's, and no face network is asked who they are.
    private static ExperimentConfig Config(string id, int steps, bool adversarial = true, Precision precision = Precision.Mixed)
    {
        var config = BaselineRecipes.Named(id).Apply(new ExperimentConfig
        {
            Size = "tiny",
            ExpressionSize = 3,
            Loss = new LossWeights { Adversarial = adversarial ? 1 : 0 },
            Training = new TrainingConfig { Steps = steps, BatchSize = 2, Precision = precision, WarmupSteps = 0 },
        });
        return config.AsksFaceNetworks() ? config with { Weights = new Dictionary<string, double>(config.Weights) { [BaselineRecipe.Identity] = 0 } } : config;
    }
}
