using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

public sealed class FrameGeneratorTests
{
    private static readonly Generator Random = new(5);

    // Eq.: m·o·W + (1 − m·o)·sigmoid(logits); the last convolution's bias alone speaks when its weights are zero.
    [Theory]
    [InlineData(50, 1, 1)]
    [InlineData(-50, 1, 0)]
    [InlineData(50, 0, 0)]
    [InlineData(-2, 0.5, 0.25)]
    public void A_blended_frame_is_the_warped_source_as_far_as_mask_and_occlusion_let_it_be(double mask, double occlusion, double share)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new FrameGenerator(new FrameGeneratorConfig { BaseChannels = 4, Composition = OutputComposition.Blended });
        var last = generator.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter);
        last["final.weight"].zero_();
        last["final.bias"].copy_(tensor(new[] { 0f, 1f, -1f, (float)mask }));
        var source = rand([2, 3, 16, 16], generator: Random);
        var motion = new MotionField(
            CoordinateGrid.Create(4, 4, ScalarType.Float32, CPU).expand(2, 4, 4, 2), full([2, 1, 4, 4], occlusion), zeros(2, 1, 4, 4));

        var image = generator.Decode(generator.Refine(generator.Encode(source)), source, motion);

        var decoded = tensor(new[] { 0f, 1f, -1f }).sigmoid().reshape(1, 3, 1, 1);
        TensorAssert.Close(share * source + (1 - share) * decoded, image, 1e-5);
    }
}
