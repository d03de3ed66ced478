using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

/// <summary>Compares the KP model of size tiny with the same model written in plain PyTorch.</summary>
[Collection(OracleTests.Name)]
public sealed class KpOracleTests(OracleFixture oracles)
{
    private const double Tolerance = 1e-4;
    private readonly OracleCase _case = PythonOracle.IsAvailable ? oracles.Load("kp_model") : null!;

    [OracleFact]
    public void StateDict_HasThePeersNamesAndShapes()
    {
        using var scope = NewDisposeScope();
        using var model = PecHeadFactory.Create(Config, seed: 0);

        Assert.Equal(Describe(Ours(_case.Under("state."))), Describe(model.state_dict()));
    }

    [OracleFact]
    public void Training_GivesThePeersFramesLossesAndGradients()
    {
        using var scope = NewDisposeScope();
        using var model = Load();
        FaceFrame source = Frame(_case["in.source"]), driving = Frame(_case["in.driving"]);
        var transform = new ThinPlateSpline(_case["in.theta"], _case["in.coefficients"]);

        var state = model.EncodeSource(source);
        var generated = model.Animate(state, driving);
        var bent = Frame(transform.Warp(driving.Image));
        var learned = new LearnedKeypoints(
            generated.SourceKeypoints!.Value, generated.DrivingKeypoints!.Value, model.ObserveMotion(state, bent).Keypoints!.Value, transform);
        var value = Objective().Evaluate(new Reconstruction(
            source.Image, driving.Image, generated.Image, [generated.Motion.Deformation], learned, null));
        value.Total.backward();

        AssertGenerated("train.", generated);
        TensorAssert.Close(_case["transformed"], bent.Image, Tolerance, "bent frame");
        foreach (var (name, term) in value.Terms)
            TensorAssert.Close(_case["loss." + name], 10 * term, 10 * Tolerance, name);
        TensorAssert.Close(_case["loss.total"], value.Total, 50 * Tolerance, "total");
        foreach (var (name, parameter) in model.named_parameters())
        {
            // Signs of |.| that flip in float32 rounding move single entries; the whole gradient must agree.
            var expected = _case["gradient." + Theirs(name)];
            double distance = (expected - parameter.grad!).norm().ToDouble() / (1 + expected.norm().ToDouble());
            Assert.True(distance <= 5e-3, $"gradient of {name}: {distance:g3} of its length apart");
        }
    }

    [OracleFact]
    public void Evaluation_AfterOneStep_GivesThePeersFramesAndStatistics()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Load();
        FaceFrame source = Frame(_case["in.source"]), driving = Frame(_case["in.driving"]);
        // The same calls in the same order: running statistics depend on both.
        var state = model.EncodeSource(source);
        model.Animate(state, driving);
        model.ObserveMotion(state, Frame(new ThinPlateSpline(_case["in.theta"], _case["in.coefficients"]).Warp(driving.Image)));

        foreach (var (name, buffer) in model.named_buffers())
        {
            if (name.Contains("running", StringComparison.Ordinal))
                TensorAssert.Close(_case["after." + Theirs(name)], buffer, Tolerance, name);
        }
        model.eval();
        AssertGenerated("eval.", model.call(source, driving));
    }

    private static readonly PecHeadConfig Config = PecHeadConfig.For(
        ModelSize.Tiny, AblationSettings.Kp with { Id = "kp-detected", Origin = KeypointOrigin.Detected });

    // The peer has the three networks side by side.
    private static Dictionary<string, Tensor> Ours(Dictionary<string, Tensor> state) => state.ToDictionary(
        entry => entry.Key.Replace("detector.", "locator.detector.", StringComparison.Ordinal).Replace("motion.", "keypoints.motion.", StringComparison.Ordinal),
        entry => entry.Value);

    private static string Theirs(string name) => name
        .Replace("locator.detector.", "detector.", StringComparison.Ordinal).Replace("keypoints.motion.", "motion.", StringComparison.Ordinal);

    private static FaceFrame Frame(Tensor image) => new(image, TinyConfigs.Face(Config, image.size(0)));

    private PecHeadModel Load()
    {
        var model = PecHeadFactory.Create(Config, seed: 0);
        model.load_state_dict(Ours(_case.Under("state.")));
        return model;
    }

    private static TrainingObjective Objective() =>
        new(new LossWeights { KeypointSpread = 10, FaceParts = 0 }, new PyramidPerceptualLoss(new ImagePyramidFeatures()));

    private void AssertGenerated(string prefix, Generated generated)
    {
        TensorAssert.Close(_case[prefix + "points_source"], generated.SourceKeypoints!.Value.Positions, Tolerance, "source keypoints");
        TensorAssert.Close(_case[prefix + "points_driving"], generated.DrivingKeypoints!.Value.Positions, Tolerance, "driving keypoints");
        TensorAssert.Close(_case[prefix + "deformation"], generated.Motion.Deformation, Tolerance, "deformation");
        TensorAssert.Close(_case[prefix + "occlusion"], generated.Motion.Occlusion, Tolerance, "occlusion");
        TensorAssert.Close(_case[prefix + "image"], generated.Image, Tolerance, "image");
    }

    private static SortedDictionary<string, string> Describe(Dictionary<string, Tensor> state) =>
        new(state.ToDictionary(entry => entry.Key, entry => string.Join(" x ", entry.Value.shape)), StringComparer.Ordinal);
}
