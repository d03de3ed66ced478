using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

public sealed class PecHeadModelTests
{
    [Fact]
    public void Forward_GivesAFrameOfTheSourcesSizeBetweenZeroAndOne()
    {
        using var scope = NewDisposeScope();
        using var model = PecHeadFactory.Create(TinyConfigs.Model, seed: 1);

        var generated = model.call(rand([2, 3, 32, 32]), rand([2, 3, 32, 32]));

        TensorAssert.Shape(generated.Image, 2, 3, 32, 32);
        Assert.InRange(generated.Image.min().ToDouble(), 0, 1);
        Assert.InRange(generated.Image.max().ToDouble(), 0, 1);
    }

    [Fact]
    public void Animate_OfAStateEncodedOnce_EqualsForward()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = PecHeadFactory.Create(TinyConfigs.Model, seed: 1);
        model.eval();
        var source = rand([1, 3, 32, 32]);
        using var state = model.EncodeSource(source).DetachFromDisposeScope();

        for (int frame = 0; frame < 3; frame++)
        {
            using var inner = NewDisposeScope();
            var driving = rand([1, 3, 32, 32]);
            var animated = model.Animate(state, model.LocateKeypoints(state, driving));
            TensorAssert.Close(model.call(source, driving).Image, animated.Image, 1e-6);
        }
    }

    [Fact]
    public void Forward_WithFramesOfAnotherSize_SaysWhichShapeWasExpected()
    {
        using var scope = NewDisposeScope();
        using var model = PecHeadFactory.Create(TinyConfigs.Model, seed: 1);

        var error = Assert.Throws<ArgumentException>(() => model.call(zeros(2, 3, 32, 32), zeros(1, 3, 32, 32)));

        Assert.Contains("[2, 3, 32, 32]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 3, 32, 32]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_GivesEveryParameterAFiniteGradientThatIsNotZero()
    {
        using var scope = NewDisposeScope();
        using var training = new Training(TinyConfigs.Model);

        // The first update gives the last convolution, which starts at zero, something to pass back.
        training.Step(update: true);
        training.Step(update: false);

        Assert.All(training.Model.named_parameters(), p =>
        {
            Assert.True(TensorAssert.IsFinite(p.Item2.grad!), p.Item1);
            // A bias in front of a batch normalisation is taken out again by it.
            if (p.Item1.EndsWith("weight", StringComparison.Ordinal))
                Assert.True(p.Item2.grad!.abs().max().ToDouble() > 0, p.Item1);
        });
    }

    [Fact]
    public void TenSteps_OnTwoFrames_BringTheLossDownByAThird()
    {
        using var scope = NewDisposeScope();
        using var training = new Training(TinyConfigs.Model);

        double before = training.Step(update: true);
        for (int step = 1; step < 10; step++)
            training.Step(update: true);

        Assert.InRange(training.Step(update: false), 0, 0.67 * before);
    }

    [Fact]
    public void Steps_LeaveNoTensorsBehind()
    {
        using var training = new Training(TinyConfigs.Model);
        training.Step(update: true);
        training.Step(update: true);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int step = 0; step < 5; step++)
            training.Step(update: true);

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Animation_LeavesNoTensorsBehind()
    {
        using var outer = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = PecHeadFactory.Create(TinyConfigs.Model, seed: 1);
        model.eval();
        using var state = model.EncodeSource(rand([1, 3, 32, 32])).DetachFromDisposeScope();
        var driving = rand([1, 3, 32, 32]);
        long Frame()
        {
            using var scope = NewDisposeScope();
            model.Animate(state, model.LocateKeypoints(state, driving));
            return scope.DisposablesCount;
        }
        long kept = Frame();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Frame();

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        // Image, deformation, occlusion, features and the keypoints: nothing else leaves the modules.
        Assert.Equal(5, kept);
    }

    /// <summary>Two frames of smooth blobs and the objective on them.</summary>
    private sealed class Training : IDisposable
    {
        private readonly DisposeScope _lifetime = NewDisposeScope();
        private readonly optim.Optimizer _optimizer;
        private readonly TrainingObjective _objective;
        private readonly Tensor _source;
        private readonly Tensor _driving;

        public Training(PecHeadConfig config)
        {
            Model = PecHeadFactory.Create(config, seed: 1);
            _optimizer = optim.Adam(Model.parameters(), lr: 5e-3, beta1: 0.5, beta2: 0.999);
            _objective = new TrainingObjective(
                new LossWeights { KeypointSpread = 0.1 }, new PyramidPerceptualLoss(new ImagePyramidFeatures(3)));
            _source = Frames(1);
            _driving = Frames(2);
        }

        public TalkingHeadModel Model { get; }

        public double Step(bool update)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(9);
            var bend = ThinPlateSpline.Random(2, new ThinPlateSplineConfig(), generator, CPU);
            var state = Model.EncodeSource(_source);
            var generated = Model.Animate(state, Model.LocateKeypoints(state, _driving));
            var bent = Model.LocateKeypoints(state, bend.Warp(_driving));
            var value = _objective.Evaluate(new Reconstruction(
                _source, _driving, generated.Image, [generated.Motion.Deformation],
                generated.SourceKeypoints, generated.DrivingKeypoints, bent, bend));
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
