using PECHead.Research.Animation;
using PECHead.Research.Augmentation;
using PECHead.Research.Checkpoints;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Propagation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Perception;
using PECHead.Research.Tests.Training;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Models, training, files.</summary>
internal static class ModelEntries
{
    private static readonly PecHeadConfig Config = TinyConfigs.For(AblationSettings.Full);
    private static readonly PecHeadModel Model = PecHeadFactory.Create(Config, seed: 1);
    private static readonly MultiScaleDiscriminator Discriminator = new(new DiscriminatorConfig { BaseChannels = 4, Blocks = 1, Scales = 2 });
    private static readonly FirstOrderModel FirstOrder = new(TinyConfigs.FirstOrder(hourglassDepth: 2));

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("PecHeadModel.EncodeSource(source)", p => Model.EncodeSource(Frame(p, "source")), Every: 2),
        new("PecHeadModel.ObserveMotion(source, driving)", p => Model.ObserveMotion(Source(p), Frame(p, "driving")), Every: 3),
        new("PecHeadModel.Align(source, motion)", p => Model.Align(
            Source(p), new FaceMotion(State(p, "motion"), p.Points("motion", 1, Config.Estimator.KeypointCount, 2))), Every: 4),
        new("PecHeadModel.Generate(source, motion, previous, frameFlow)", p => Model.Generate(
            Source(p), new FaceMotion(State(p, "motion"), p.Points("motion", 1, Config.Estimator.KeypointCount, 2)), Previous(p), p.Of("frameFlow", 1, 32, 32, 2)), Every: 4),
        new("TalkingHeadModel.Animate(source, driving, previous, frameFlow)", p => Model.Animate(Source(p), Frame(p, "driving"), Previous(p), p.Of("frameFlow", 1, 32, 32, 2)), Every: 4),
        new("TalkingHeadModel.forward(input1, input2)", p => Model.call(Frame(p, "source"), Frame(p, "driving")), Every: 4),
        new("MultiScaleDiscriminator.forward(input)", p => Discriminator.call(p.Of("input", 1, 3, 32, 32))),
        new("AffineKeypoints.Relative(source, driving, first, scale)", p => AffineKeypoints.Relative(Affine(p, "source"), Affine(p, "driving"), Affine(p, "first"), p.Of("scale", 1, 1, 1))),
        new("AffineKeypoints.RelativeSize(points, others)", p => AffineKeypoints.RelativeSize(Affine(p, "points"), Affine(p, "others"))),
        new("FirstOrderModel.EncodeSource(source)", p => FirstOrder.EncodeSource(new FaceFrame(p.Of("source", 1, 3, 32, 32)))),
        new("FirstOrderModel.ObserveMotion(source, driving)", p => FirstOrder.ObserveMotion(Drawn(p), new FaceFrame(p.Of("driving", 1, 3, 32, 32)))),
        new("FirstOrderModel.Transfer(source, driving, first)", p => FirstOrder.Transfer(MotionMode.Relative, Drawn(p), Affine(p, "driving"), Affine(p, "first"))),
        new("FirstOrderModel.Generate(source, motion, previous, frameFlow)", p => FirstOrder.Generate(Drawn(p), Affine(p, "motion"))),
        new("FaceState.Condition()", p => State(p, "face").Condition()),
        new("FaceObservation.AsSource()", p => Batch(p, "batch").AsSource(FaceEntries.Reconstructor)),
        new("FaceObservation.AsDriving(source)", p => Batch(p, "batch").AsDriving(FaceEntries.Face(p, "source", 1), FaceEntries.Reconstructor)),
        new("FaceObservation.State(coefficients)", p => FaceObservation.State(FaceEntries.Reconstructor, FaceEntries.Face(p, "coefficients", 1))),
        new("VirtualIdentities.Apply(moments)", Imagined, Every: 2),
        new("GeneratedClip.Errors()", p => Clip(p).Errors()),
        new("GeneratedClip.Flicker()", p => Clip(p).Flicker()),
        new("GraphModel.forward(input)", Graph),
        new("StateDict.Save(tensors)", Save),
        new("TrainingStep.Run(sample)", Step, Every: 25),
        new("SourceAnimation.new(source)", p => new SourceAnimation(Model, Frame(p, "source")), Every: 4),
        new("SourceAnimation.Next(driving)", Animated, Every: 4),
        new("SourceAnimation.Next(motion)", p => Animation().Next(new FaceMotion(State(p, "motion"), p.Points("motion", 1, Config.Estimator.KeypointCount, 2))), Every: 4),
    ];

    private static FaceFrame Frame(Probe p, string name) => new(p.Of(name, 1, 3, 32, 32), State(p, name));

    private static FaceState State(Probe p, string name) => new(p.Points("landmarks", 1, 5, 2), p.Of("pose", 1, 9), p.Of("expression", 1, 4));

    private static AffineKeypoints Affine(Probe p, string name)
        => new(p.Points(name, 1, 3, 2).Positions, p.Given(name, eye(2).expand(1, 3, 2, 2).contiguous()));

    private static FirstOrderSource Drawn(Probe p) => new(new FaceFrame(p.Of("source", 1, 3, 32, 32)), p.Of("source", 1, 16, 8, 8), Affine(p, "source"));

    private static PecHeadSource Source(Probe p)
    {
        using var quiet = no_grad();
        var state = Model.EncodeSource(TinyConfigs.Frame(Config, 1));
        return state with
        {
            ReducedFrame = p.Given("source", state.ReducedFrame),
            Features = p.Given("source", state.Features),
            Levels = [.. state.Levels.Select(level => p.Given("source", level))],
            Keypoints = new Keypoints(p.Given("source", state.Keypoints!.Value.Positions)),
        };
    }

    private static PropagationState Previous(Probe p)
    {
        using var quiet = no_grad();
        long[] shape = Model.EncodeSource(TinyConfigs.Frame(Config, 1)).Features.shape;
        return new PropagationState(p.Of("previous", shape), p.Of("previous", shape), p.Of("previous", shape));
    }

    private static FaceObservation Batch(Probe p, string name) => new(p.Of(name, 1, 3, 8, 8), FaceEntries.Face(p, name, 1));

    private static IReadOnlyList<FaceObservation> Imagined(Probe p)
    {
        using var generator = new Generator(1);
        var config = new VirtualIdentityConfig { Colour = 1, Place = 1, Shape = 1 };
        return new VirtualIdentities(config, FaceEntries.Reconstructor).Apply([Batch(p, "moments"), Batch(p, "moments")], generator);
    }

    private static GeneratedClip Clip(Probe p) => new(p.Of("Driving", 3, 3, 4, 4), p.Of("Frames", 3, 3, 4, 4), []);

    private static List<Tensor> Graph(Probe p)
    {
        using var folder = new TemporaryFolder();
        using var graph = GraphModel.Load(TinyGraph.Write(folder));
        return graph.call(p.Of("input", 1, 1, 4, 4)).Values.ToList();
    }

    private static IReadOnlyDictionary<string, double> Step(Probe p)
    {
        using var state = TrainingState.Create(TinyStep.Config, CPU);
        long side = state.Model.ImageSize;
        FaceObservation Moment(string name) => new(p.Of(name, 1, 3, side, side), FaceEntries.Face(p, name, 1, 2, 3));
        return TinyStep.Of(state).Run(0, new TrainingSample([Moment("sample")], [Moment("sample")]), 1e-4);
    }

    private static Generated Animated(Probe p)
    {
        using var animation = Animation();
        return animation.Next(Frame(p, "driving"));
    }

    private static SourceAnimation Animation() => new(Model, TinyConfigs.Frame(Config, 1));

    private static object? Save(Probe p)
    {
        using var folder = new TemporaryFolder();
        StateDict.Save(folder["weights.safetensors"], new Dictionary<string, Tensor> { ["tensors"] = p.Of("tensors", 2, 3) });
        return null;
    }
}
