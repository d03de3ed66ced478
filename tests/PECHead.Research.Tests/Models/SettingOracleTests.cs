using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

/// <summary>Compares models of the settings with the same models written in plain PyTorch and torchvision: Eq. 2, 3 and 4.</summary>
[Collection(OracleTests.Name)]
public sealed class SettingOracleTests(OracleFixture oracles)
{
    // Of single precision on both sides: at 128 px an image was 1.75e-4 apart where cores share the sums in another way.
    private const double Tolerance = 5e-4;
    // The first layers differentiate through some fifty normalisations: 0.022 was seen.
    private const double Relative = 0.05;
    private const double Rounding = 1e-7;
    private const double BiasRounding = 1e-4;
    private const int PoseSize = 9;

    [OracleTheory]
    [InlineData("tiny", "")]
    [InlineData("small", "")]
    [InlineData("tiny", "_slim")]
    [InlineData("small", "_slim")]
    public void Two_frames_of_a_clip_and_all_gradients_of_the_whole_model_are_the_peers(string size, string design)
    {
        using var scope = NewDisposeScope();
        var oracle = oracles.Load($"full_model_{size}{design}");
        using var model = Load(oracle, design.Length > 0 ? AblationSettings.Full with { Propagation = PropagationKind.SlimContext } : AblationSettings.Full, size);

        var source = model.EncodeSource(Frame(oracle, 0));
        var first = model.Animate(source, Frame(oracle, 1));
        var second = model.Animate(source, Frame(oracle, 2), first.Context);
        var total = (first.Image - oracle["in.source"]).square().mean() + (second.Image - oracle["in.source"]).square().mean();
        total.backward();

        AssertFrame(oracle, 1, first);
        AssertFrame(oracle, 2, second);
        TensorAssert.Close(oracle["frame.2.keypoints"], second.DrivingKeypoints!.Value.Positions, Tolerance, "keypoints");
        TensorAssert.Close(oracle["hidden"], second.Context!.Hidden, Tolerance, "hidden state");
        AssertGradients(oracle, model);
    }

    [OracleTheory]
    [InlineData("kp", "tiny")]
    [InlineData("kp", "small")]
    [InlineData("lmk", "tiny")]
    [InlineData("lmk", "small")]
    [InlineData("direct", "tiny")]
    [InlineData("direct", "small")]
    [InlineData("featcat", "tiny")]
    [InlineData("featcat", "small")]
    public void A_frame_and_all_gradients_of_a_setting_that_warps_are_the_peers(string setting, string size)
    {
        using var scope = NewDisposeScope();
        var oracle = oracles.Load($"{setting}_model_{size}");
        using var model = Load(oracle, AblationSettings.Named(setting), size);

        var generated = model.call(Frame(oracle, 0), Frame(oracle, 1));
        (generated.Image - oracle["in.source"]).square().mean().backward();

        AssertFrame(oracle, 1, generated);
        AssertGradients(oracle, model);
    }

    private static PecHeadModel Load(OracleCase oracle, AblationSetting setting, string size)
    {
        var expressions = (int)oracle["in.condition.0"].size(1) - PoseSize;
        var config = PecHeadConfig.For(ModelSize.Named(size), setting) with { ExpressionSize = expressions };
        // The peer's slim design has both: slim layers of context, and motion heads on a reduced input.
        if (setting.Propagation == PropagationKind.SlimContext) config = config with { Motion = config.Motion with { HeadInput = MotionHeadInput.Reduced } };
        var model = PecHeadFactory.Create(config, seed: 0);
        model.load_state_dict(oracle.Under("state."));
        model.eval();
        return model;
    }

    private static FaceFrame Frame(OracleCase oracle, int index)
    {
        var condition = oracle[$"in.condition.{index}"];
        // FaceState.Condition divides the pose by its unit, a tenth.
        return new FaceFrame(oracle["in.source"], new FaceState(
            new Keypoints(oracle[$"in.landmarks.{index}"]), condition.narrow(1, 0, PoseSize) * 0.1, condition.narrow(1, PoseSize, condition.size(1) - PoseSize)));
    }

    private static void AssertFrame(OracleCase oracle, int index, Generated generated)
    {
        TensorAssert.Close(oracle[$"frame.{index}.deformation"], generated.Motion.Deformation, Tolerance, "deformation");
        TensorAssert.Close(oracle[$"frame.{index}.occlusion"], generated.Motion.Occlusion, Tolerance, "occlusion");
        TensorAssert.Close(oracle[$"frame.{index}.image"], generated.Image, Tolerance, "image");
    }

    private static void AssertGradients(OracleCase oracle, PecHeadModel model)
    {
        var longest = oracle.Under("gradient.").Values.Max(gradient => gradient.norm().ToDouble());
        foreach (var (name, parameter) in model.named_parameters())
        {
            var expected = oracle["gradient." + name];
            var distance = (expected - parameter.grad!).norm().ToDouble();
            // The gradient of a bias in front of a normalisation is what is left when sums over the whole map cancel.
            var rounding = name.EndsWith("bias", StringComparison.Ordinal) ? BiasRounding * longest : Rounding;
            Assert.True(distance <= rounding + (Relative * expected.norm().ToDouble()), $"gradient of {name}: {distance:g3} apart, {expected.norm().ToDouble():g3} long");
        }
    }
}
