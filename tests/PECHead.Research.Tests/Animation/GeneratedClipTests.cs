using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Tests.Evaluation;
using PECHead.Research.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

public sealed class GeneratedClipTests(TinyStore tiny) : IClassFixture<TinyStore>
{
    private DrivenClip Clip => DrivenClip.Of(tiny.Store.Index)[0] is var clip ? clip with { Driving = [.. clip.Driving.Take(4)] } : null!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_frame_is_the_source_with_the_motion_of_its_driving_frame(bool propagates)
    {
        using var scope = NewDisposeScope();
        using var model = new DotsModel();

        var made = GeneratedClip.Of(model, tiny.Store, Clip, propagates);

        var source = tiny.Store.Read([Clip.Source], CPU);
        for (var i = 0; i < Clip.Driving.Count; i++)
        {
            var driving = tiny.Store.Read([Clip.Driving[i]], CPU);
            var target = driving.Coefficients with { Identity = source.Coefficients.Identity };
            var face = new FaceState(new Keypoints(tiny.Store.Reconstructor.Landmarks(target)), target.Pose, target.Expression);
            TensorAssert.Close(model.Expected(source.Image[0], face, propagates ? i : 0), made.Frames[i], 1e-5, $"frame {i}");
            TensorAssert.Close(driving.Image[0], made.Driving[i], 0, $"driving frame {i}");
        }
        Assert.True((made.Frames[0] - made.Frames[3]).abs().max().ToDouble() > 0.05, "nothing moves");
    }

    [Fact]
    public void A_model_that_passes_on_nothing_makes_every_frame_as_if_alone()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var model = ReconstructionEvaluationTests.Untrained();

        var made = GeneratedClip.Of(model, tiny.Store, Clip);

        var source = tiny.Store.Read([Clip.Source], CPU);
        var driving = tiny.Store.Read([Clip.Driving[2]], CPU).AsDriving(source.Coefficients, tiny.Store.Reconstructor);
        TensorAssert.Close(model.call(source.AsSource(tiny.Store.Reconstructor), driving).Image[0], made.Frames[2], 1e-6);
        Assert.Empty(made.Contexts);
        TensorAssert.Shape(made.Driving, 4, 3, 64, 64);
    }

    [Fact]
    public void Context_changes_later_frames_only_and_cutting_it_makes_each_the_first()
    {
        using var scope = NewDisposeScope();
        using var model = ReconstructionEvaluationTests.Untrained(AblationSettings.Full);
        using (no_grad())
        {
            // Adaptation and residual start at zero; trained, they do something.
            using var random = new Generator(5);
            foreach (var (name, parameter) in model.named_parameters())
                if (name.StartsWith("propagation.", StringComparison.Ordinal) || name.StartsWith("generator.final", StringComparison.Ordinal)) parameter.copy_(0.2 * randn(parameter.shape, generator: random));
        }

        var (with, cut) = (GeneratedClip.Of(model, tiny.Store, Clip), GeneratedClip.Of(model, tiny.Store, Clip, propagates: false));
        var late = GeneratedClip.Of(model, tiny.Store, Clip with { Driving = [.. Clip.Driving.Skip(2)] });

        Assert.Equal(4, with.Contexts.Count);
        TensorAssert.Close(with.Frames[0], cut.Frames[0], 0);
        Assert.True((with.Frames[1] - cut.Frames[1]).abs().max().ToDouble() > 1e-5);
        TensorAssert.Close(late.Frames[0], cut.Frames[2], 1e-6);
    }

    [Fact]
    public void Errors_and_flicker_are_those_of_the_frames()
    {
        using var scope = NewDisposeScope();
        var driving = zeros(3, 3, 2, 2);
        driving[1].fill_(0.5);
        var frames = driving.clone();
        frames[2].fill_(0.25);
        var made = new GeneratedClip(driving, frames, []);

        TensorAssert.Close(tensor([0f, 0f, 0.25f]), made.Errors(), 1e-6);
        TensorAssert.Close(tensor([0f, 0.25f]), made.Flicker(), 1e-6);
        TensorAssert.Close(tensor([0f, 0f]), new GeneratedClip(driving, driving + 0.1, []).Flicker(), 1e-6);
    }
}
