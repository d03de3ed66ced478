using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Acceleration;

public sealed class InferenceFormTests
{
    [Theory]
    [InlineData("kp")]
    [InlineData("full")]
    public void A_model_of_any_setting_makes_the_same_frame_in_the_form_for_inference(string setting)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = TinyConfigs.For(AblationSettings.Named(setting));
        using var model = PecHeadFactory.Create(config, seed: 3);
        var (source, driving) = (TinyConfigs.Frame(config, 2), TinyConfigs.Frame(config, 2));
        Unsettle(model);
        model.eval();
        Tensor Frame() => model.call(source, driving).Image;
        Tensor MixedFrame()
        {
            using var arithmetic = Accelerator.MixedPrecision(CPU, Precision.Mixed);
            return Frame();
        }

        var (full, mixed) = (Frame(), MixedFrame());
        Accelerator.ForInference(model, Precision.Full);
        TensorAssert.Close(full, Frame(), 1e-4);
        TensorAssert.Close(full, Frame(), 1e-4, "with what was kept");
        Accelerator.ForInference(model, Precision.Full);
        TensorAssert.Close(full, Frame(), 1e-4, "asked for twice");
        Accelerator.ForInference(model, Precision.Mixed);
        TensorAssert.Close(mixed, MixedFrame(), 0.05);
    }

    [Fact]
    public void First_Order_Motion_Model_makes_the_same_frame_in_the_form_for_inference()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = new FirstOrderModel(TinyConfigs.FirstOrder(2));
        Unsettle(model);
        model.eval();
        var (source, driving) = (new FaceFrame(rand(1, 3, 32, 32)), new FaceFrame(rand(1, 3, 32, 32)));

        var expected = model.call(source, driving).Image;
        Accelerator.ForInference(model, Precision.Full);

        TensorAssert.Close(expected, model.call(source, driving).Image, 1e-4);
    }

    [Fact]
    public void Weights_are_narrowed_and_normalisations_are_not()
    {
        using var model = new ResampledResidualBlock(4, 4, Resampling.DoubledBefore);

        Accelerator.ForInference(model, Precision.Mixed);

        foreach (var (name, parameter) in model.named_parameters())
        {
            Assert.False(parameter.requires_grad);
            Assert.Equal(name.StartsWith("norm", StringComparison.Ordinal) ? ScalarType.Float32 : ScalarType.BFloat16, parameter.dtype);
        }
    }

    // Statistics and affine parts that are far from the start's, where folding would be the identity.
    private static void Unsettle(nn.Module model)
    {
        foreach (var norm in model.modules().OfType<BatchNorm2d>())
        {
            norm.weight!.uniform_(0.5, 1.5);
            norm.bias!.uniform_(-0.3, 0.3);
            norm.running_mean!.uniform_(-0.3, 0.3);
            norm.running_var!.uniform_(0.5, 2);
        }
    }
}
