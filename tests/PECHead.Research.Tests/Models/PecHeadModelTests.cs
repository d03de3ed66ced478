using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

public sealed class PecHeadModelTests
{
    public static TheoryData<string> Settings => [.. AblationSettings.All.Select(setting => setting.Id), "kp-detected"];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Before_training_the_frame_is_the_warped_source_faded_by_the_occlusion(string id)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = Config(id);
        using var model = PecHeadFactory.Create(config, seed: 1);
        model.eval();
        var source = TinyConfigs.Frame(config, 2);

        var generated = model.call(source, TinyConfigs.Frame(config, 2));

        var warped = Warping.Sample(source.Image, Warping.ResizeDeformation(generated.Motion.Deformation, 32, 32), alignCorners: true, GridSamplePaddingMode.Border).clamp(0.02, 0.98);
        var occlusion = Warping.ResizeMap(generated.Motion.Occlusion, 32, 32);
        TensorAssert.Close((occlusion * (warped / (1 - warped)).log()).sigmoid(), generated.Image, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Animate_OfAStateEncodedOnce_EqualsForward(string id)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = Config(id);
        using var model = PecHeadFactory.Create(config, seed: 1);
        model.eval();
        var source = TinyConfigs.Frame(config, 1);
        using var state = model.EncodeSource(source).DetachFromDisposeScope();

        for (int frame = 0; frame < 3; frame++)
        {
            using var inner = NewDisposeScope();
            var driving = TinyConfigs.Frame(config, 1);
            TensorAssert.Close(model.call(source, driving).Image, model.Animate(state, driving).Image, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_motion_aligned_beforehand_gives_the_same_frames_and_stays_its_owners(string id)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = Config(id);
        using var model = PecHeadFactory.Create(config, seed: 1);
        model.eval();
        var state = model.EncodeSource(TinyConfigs.Frame(config, 1));
        var motions = Enumerable.Range(0, 3).Select(_ => model.ObserveMotion(state, TinyConfigs.Frame(config, 1))).ToList();
        var beforehand = motions.Select(motion => model.Align(state, motion)).ToList();

        Generated? expected = null, actual = null;
        foreach (var (motion, aligned) in motions.Zip(beforehand))
        {
            expected = model.Generate(state, motion, expected?.Context);
            using (NewDisposeScope())
            {
                actual = model.Generate(state, aligned, actual?.Context);
                Assert.Same(aligned, model.Align(state, aligned));
                TensorAssert.Close(expected.Image, actual.Image, 0);
                actual.Context?.MoveToOuterDisposeScope();
            }
            Assert.All(aligned.Tensors, tensor => Assert.False(tensor.IsInvalid));
        }
    }

    [Fact]
    public void A_motion_aligned_for_another_number_of_sources_is_refused()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfigs.Model;
        using var model = PecHeadFactory.Create(config, seed: 1);
        var (one, two) = (model.EncodeSource(TinyConfigs.Frame(config, 1)), model.EncodeSource(TinyConfigs.Frame(config, 2)));
        var aligned = model.Align(one, model.ObserveMotion(one, TinyConfigs.Frame(config, 1)));

        Assert.StartsWith("Expected", Assert.Throws<ArgumentException>(() => model.Generate(two, aligned)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_WithFacesOfAnotherCount_SaysWhichShapeWasExpected()
    {
        using var scope = NewDisposeScope();
        var config = TinyConfigs.Model;
        using var model = PecHeadFactory.Create(config, seed: 1);

        var error = Assert.Throws<ArgumentException>(() => model.call(TinyConfigs.Frame(config, 2), TinyConfigs.Frame(config, 1)));

        Assert.Contains("[2, 5, 2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 5, 2]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Step_GivesEveryParameterAFiniteGradientThatIsNotZero(string id)
    {
        using var scope = NewDisposeScope();
        using var training = new Training(Config(id), frames: 2);

        // The first update gives the layers that start at zero something to pass back.
        training.Step(update: true);
        training.Step(update: true);
        training.Step(update: false);

        Assert.All(training.Model.named_parameters(), p =>
        {
            Assert.True(TensorAssert.IsFinite(p.Item2.grad!), p.Item1);
            // A bias in front of a normalisation is taken out again by it.
            if (p.Item1.EndsWith("weight", StringComparison.Ordinal))
                Assert.True(p.Item2.grad!.abs().max().ToDouble() > 0, p.Item1);
        });
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void TenSteps_OnTwoFrames_BringTheLossDownByAThird(string id)
    {
        using var scope = NewDisposeScope();
        using var training = new Training(Config(id), frames: 1);

        double before = training.Step(update: true);
        for (int step = 1; step < 10; step++)
            training.Step(update: true);

        Assert.InRange(training.Step(update: false), 0, 0.67 * before);
    }

    [Theory]
    [InlineData("kp")]
    [InlineData("full")]
    public void Steps_LeaveNoTensorsBehind(string id)
    {
        using var training = new Training(Config(id), frames: 2);
        training.Step(update: true);
        training.Step(update: true);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int step = 0; step < 5; step++)
            training.Step(update: true);

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Animation_LeavesNoTensorsBehind(string id)
    {
        using var outer = NewDisposeScope();
        using var noGradient = no_grad();
        var config = Config(id);
        using var model = PecHeadFactory.Create(config, seed: 1);
        model.eval();
        using var state = model.EncodeSource(TinyConfigs.Frame(config, 1)).DetachFromDisposeScope();
        var driving = TinyConfigs.Frame(config, 1);
        long Frame()
        {
            using var scope = NewDisposeScope();
            var generated = model.Animate(state, driving);
            return scope.DisposablesCount - Tensors(generated).Distinct(ReferenceEqualityComparer.Instance).Count();
        }
        Frame();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        long strays = Frame();

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(0, strays);
    }

    private static PecHeadConfig Config(string id) => TinyConfigs.For(
        id == "kp-detected" ? AblationSettings.Kp with { Id = id, Origin = KeypointOrigin.Detected } : AblationSettings.Named(id));

    private static IEnumerable<object> Tensors(Generated generated)
    {
        Tensor?[] all =
        [
            generated.Image, generated.Motion.Deformation, generated.Motion.Occlusion, generated.Motion.Features,
            generated.SourceKeypoints?.Positions, generated.DrivingKeypoints?.Positions,
            generated.Context?.Raw, generated.Context?.Refined, generated.Context?.Hidden,
            .. generated.Branches.SelectMany(branch => (Tensor?[])
            [
                branch.SourcePoints.Positions, branch.DrivingPoints.Positions, branch.Motion.Deformation, branch.Motion.Occlusion,
                branch.Motion.Features, branch.Aligned.Features, branch.Aligned.Offsets, branch.Aligned.Modulation,
            ]),
        ];
        return all.OfType<Tensor>();
    }

    /// <summary>A clip of smooth blobs and the objective on it.</summary>
    private sealed class Training : IDisposable
    {
        private readonly DisposeScope _lifetime = NewDisposeScope();
        private readonly optim.Optimizer _optimizer;
        private readonly TrainingObjective _objective;
        private readonly FaceFrame[] _sources;
        private readonly FaceFrame[] _drivings;
        private readonly FaceState _moved;

        public Training(PecHeadConfig config, int frames)
        {
            Model = PecHeadFactory.Create(config, seed: 1);
            _optimizer = optim.Adam(Model.parameters(), lr: 5e-3, beta1: 0.5, beta2: 0.999);
            var weights = new LossWeights { KeypointSpread = 0.1, FaceParts = 0 };
            _objective = new TrainingObjective(
                config.Setting.HasKeypoints ? weights : weights.WithoutKeypoints(), new PyramidPerceptualLoss(new ImagePyramidFeatures(3)));
            using var generator = new Generator(5);
            _sources = [.. Enumerable.Range(1, frames).Select(t => new FaceFrame(Frames((ulong)t), TinyConfigs.Face(config, 2, generator)))];
            _drivings = [.. Enumerable.Range(1, frames).Select(t => new FaceFrame(Frames((ulong)(t + 10)), TinyConfigs.Face(config, 2, generator)))];
            _moved = TinyConfigs.Face(config, 2, generator);
        }

        public TalkingHeadModel Model { get; }

        public double Step(bool update)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(9);
            var transform = SimilarityTransform.Random(2, new SimilarityTransformConfig(), generator, CPU);
            var values = new List<ObjectiveValue>();
            Generated? previous = null;
            foreach (var (source, driving) in _sources.Zip(_drivings))
            {
                var state = Model.EncodeSource(source);
                var generated = previous = Model.Animate(state, driving, previous?.Context, previous is null ? null : zeros([2, 32, 32, 2]));
                var learned = generated.SourceKeypoints is { } at
                    ? new LearnedKeypoints(
                        at, generated.DrivingKeypoints!.Value,
                        Model.ObserveMotion(state, new FaceFrame(transform.Warp(driving.Image), _moved)).Keypoints!.Value, transform)
                    : null;
                values.Add(_objective.Evaluate(new Reconstruction(
                    source.Image, driving.Image, generated.Image, [.. generated.Branches.Select(branch => branch.Motion.Deformation)], learned, null)));
            }
            var value = ObjectiveValue.Mean(values);
            _optimizer.zero_grad();
            value.Total.backward();
            if (update)
                _optimizer.step();
            return value.Total.ToDouble();
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            Model.Dispose();
            _lifetime.Dispose();
        }

        private static Tensor Frames(ulong seed)
        {
            using var generator = new Generator(seed);
            return nn.functional.interpolate(
                rand([2, 3, 4, 4], generator: generator), [32, 32], mode: InterpolationMode.Bilinear, align_corners: true);
        }
    }
}
