using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Perception;
using PECHead.Research.Propagation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
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
    private static readonly FirstOrderModel FirstOrder = new(new FirstOrderConfig
    {
        ImageSize = 32,
        KeypointCount = 3,
        DetectorExpansion = 4,
        MotionExpansion = 4,
        MaxChannels = 16,
        HourglassDepth = 2,
        BaseChannels = 4,
        BottleneckBlocks = 1,
    });
    private static readonly TalkingHeadModel Portrait = PecHeadFactory.Create(TinyStep.Config.Model(), seed: 1);

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("PecHeadModel.EncodeSource(source)", p => Model.EncodeSource(Frame(p, "source")), Every: 2),
        new("PecHeadModel.LocateKeypoints(source, driving)", p => Model.LocateKeypoints(Source(p), Frame(p, "driving")), Every: 3),
        new("PecHeadModel.Animate(source, driving, previous, frameFlow)", p => Model.Animate(Source(p), Frame(p, "driving"), Previous(p), p.Of("frameFlow", 1, 32, 32, 2)), Every: 4),
        new("TalkingHeadModel.forward(input1, input2)", p => Model.call(Frame(p, "source"), Frame(p, "driving")), Every: 4),
        new("MultiScaleDiscriminator.forward(input)", p => Discriminator.call(p.Of("input", 1, 3, 32, 32))),
        new("AffineKeypoints.Relative(source, driving, first)", p => AffineKeypoints.Relative(Affine(p, "source"), Affine(p, "driving"), Affine(p, "first"))),
        new("FirstOrderModel.Locate(frames)", p => FirstOrder.Locate(p.Of("frames", 1, 3, 32, 32))),
        new("FirstOrderModel.Animate(source, from, to)", p => FirstOrder.Animate(p.Of("source", 1, 3, 32, 32), Affine(p, "from"), Affine(p, "to"))),
        new("FirstOrderModel.forward(input1, input2)", p => FirstOrder.call(p.Of("input1", 1, 3, 32, 32), p.Of("input2", 1, 3, 32, 32))),
        new("FaceState.Condition()", p => State(p, "face").Condition()),
        new("FaceBatch.AsSource()", p => Batch(p, "batch").AsSource(FaceEntries.Reconstructor)),
        new("FaceBatch.AsDriving(source)", p => Batch(p, "batch").AsDriving(FaceEntries.Face(p, "source", 1), FaceEntries.Reconstructor)),
        new("FaceBatch.State(coefficients)", p => FaceBatch.State(FaceEntries.Reconstructor, FaceEntries.Face(p, "coefficients", 1))),
        new("GeneratedClip.Errors()", p => Clip(p).Errors()),
        new("GeneratedClip.Flicker()", p => Clip(p).Flicker()),
        new("GraphModel.forward(input)", Graph),
        new("StateDict.Save(tensors)", Save),
        new("TrainingStep.Run(sample)", Step, Every: 25),
        new("Reenactment.Next(target, driving)", Reenact, Every: 4),
    ];

    private static FaceFrame Frame(Probe p, string name) => new(p.Of(name, 1, 3, 32, 32), State(p, name));

    private static FaceState State(Probe p, string name) => new(p.Points("landmarks", 1, 5, 2), p.Of("pose", 1, 9), p.Of("expression", 1, 4));

    private static AffineKeypoints Affine(Probe p, string name)
        => new(p.Points(name, 1, 3, 2).Positions, p.Given(name, eye(2).expand(1, 3, 2, 2).contiguous()));

    private static SourceState Source(Probe p)
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

    private static FaceBatch Batch(Probe p, string name) => new(p.Of(name, 1, 3, 8, 8), FaceEntries.Face(p, name, 1));

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
        FaceBatch Moment(string name) => new(p.Of(name, 1, 3, side, side), FaceEntries.Face(p, name, 1, 2, 3));
        return TinyStep.Of(state).Run(0, new TrainingSample([Moment("sample")], [Moment("sample")]), 1e-4);
    }

    private static RgbImage Reenact(Probe p)
    {
        var picture = new RgbImage(64, 64, [.. Enumerable.Repeat((byte)200, 64 * 64 * 3)]);
        using var reenactment = new Reenactment(Portrait, new DrawnReconstructor(), picture, CPU, Precision.Full);
        return reenactment.Next(FaceEntries.Face(p, "target", 1, 2, 3), p.Of("driving", 1, 3, 64, 64));
    }

    private static object? Save(Probe p)
    {
        using var folder = new TemporaryFolder();
        StateDict.Save(folder["weights.safetensors"], new Dictionary<string, Tensor> { ["tensors"] = p.Of("tensors", 2, 3) });
        return null;
    }
}
