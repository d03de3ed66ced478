using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

/// <summary>Compares the whole model of size tiny with the same model written in plain PyTorch and torchvision: Eq. 2, 3 and 4.</summary>
[Collection(OracleTests.Name)]
public sealed class FullOracleTests(OracleFixture oracles)
{
    private const double Tolerance = 1e-4;
    private const double Rounding = 1e-5;
    private const int PoseSize = 9;
    private readonly OracleCase _case = PythonOracle.IsAvailable ? oracles.Load("full_model") : null!;

    [OracleFact]
    public void Two_frames_of_a_clip_and_all_gradients_are_the_peers()
    {
        using var scope = NewDisposeScope();
        var state = _case.Under("state.");
        long condition = _case["in.condition.0"].size(1);
        using var model = PecHeadFactory.Create(
            PecHeadConfig.For(ModelSize.Tiny, AblationSettings.Full) with { ExpressionSize = (int)condition - PoseSize }, seed: 0);
        model.load_state_dict(state);
        model.eval();

        var source = model.EncodeSource(Frame(0));
        var first = model.Animate(source, Frame(1));
        var second = model.Animate(source, Frame(2), first.Context);
        var total = (first.Image - _case["in.source"]).square().mean() + (second.Image - _case["in.source"]).square().mean();
        total.backward();

        AssertFrame("frame.1.", first);
        AssertFrame("frame.2.", second);
        TensorAssert.Close(_case["hidden"], second.Context!.Hidden, Tolerance, "hidden state");
        foreach (var (name, parameter) in model.named_parameters())
        {
            var expected = _case["gradient." + name];
            // A bias before a normalisation has no gradient but rounding.
            var distance = (expected - parameter.grad!).norm().ToDouble() / (Rounding + expected.norm().ToDouble());
            Assert.True(distance <= 1e-2, $"gradient of {name}: {distance:g3} of its length apart");
        }
    }

    private FaceFrame Frame(int index)
    {
        var condition = _case[$"in.condition.{index}"];
        // FaceState.Condition divides the pose by its unit, a tenth.
        return new FaceFrame(_case["in.source"], new FaceState(
            new Keypoints(_case[$"in.landmarks.{index}"]), condition.narrow(1, 0, PoseSize) * 0.1, condition.narrow(1, PoseSize, condition.size(1) - PoseSize)));
    }

    private void AssertFrame(string prefix, Generated generated)
    {
        TensorAssert.Close(_case[prefix + "keypoints"], generated.DrivingKeypoints!.Value.Positions, Tolerance, "keypoints");
        TensorAssert.Close(_case[prefix + "deformation"], generated.Motion.Deformation, Tolerance, "deformation");
        TensorAssert.Close(_case[prefix + "occlusion"], generated.Motion.Occlusion, Tolerance, "occlusion");
        TensorAssert.Close(_case[prefix + "image"], generated.Image, Tolerance, "image");
    }
}
