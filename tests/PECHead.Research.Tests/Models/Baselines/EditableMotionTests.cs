using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Models.Baselines.LatentAnimator;
using PECHead.Research.Models.Baselines.LivePortrait;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Models of frames whose motion is edited.</summary>
public sealed class EditableMotionTests
{
    private static readonly Dictionary<string, double> Nothing = [];

    [Fact]
    public void Free_view_turns_the_nose_to_the_right_and_down_and_the_head_counter_clockwise()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var model = Made(new FreeViewModel(FreeViewConfig.For(ModelSize.Tiny)));
        var source = model.EncodeSource(Frame(1));
        // The nose tip of a head that looks at the camera, and a point to its right; the third axis points away.
        var head = source with { Head = source.Head with { Translation = zeros(1, 3), Expression = zeros(1, 2, 3) }, Canonical = tensor(new[] { 0f, 0, -1, 1, 0, 0 }, [1, 2, 3]) };
        float[] Turned(double yaw, double pitch, double roll)
            => ((SpatialKeypoints)model.Edit(head, (yaw, pitch, roll), frontalized: true, Nothing)).Positions.flatten().data<float>().ToArray();
        const double Tenth = Math.PI / 18;

        // The published π is 3.14.
        Close([0, 0, -1, 1, 0, 0], Turned(0, 0, 0));
        Close([Math.Sin(Tenth), 0, -Math.Cos(Tenth), Math.Cos(Tenth), 0, Math.Sin(Tenth)], Turned(10, 0, 0));
        Close([0, Math.Sin(Tenth), -Math.Cos(Tenth), 1, 0, 0], Turned(0, 10, 0));
        Close([0, 0, -1, Math.Cos(Tenth), -Math.Sin(Tenth), 0], Turned(0, 0, 10));

        var own = (SpatialKeypoints)model.Edit(source, default, frontalized: false, Nothing);
        TensorAssert.Close(source.Points.Positions, own.Positions, 1e-6);
        Assert.Contains("No slider 'smile'; there are: none", Assert.Throws<ArgumentException>(() => model.Edit(source, default, false, new Dictionary<string, double> { ["smile"] = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_takes_on_the_expression_of_a_driving_frame_and_keeps_its_pose()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using (var model = Made(new FreeViewModel(FreeViewConfig.For(ModelSize.Tiny))))
        {
            var (source, driving) = (model.EncodeSource(Frame(1)), Frame(2));
            var taken = (SpatialKeypoints)model.TakeExpression(source, driving);
            TensorAssert.Close(source.Points.Positions - source.Head.Expression + model.Heads.call(driving.Image).Expression, taken.Positions, 1e-6);
            TensorAssert.Close(source.Points.Positions, ((SpatialKeypoints)model.TakeExpression(source, source.Source)).Positions, 1e-6);
        }
        using (var model = Made(new LivePortraitModel(LivePortraitConfig.Small)))
        {
            var (source, driving) = (model.EncodeSource(Frame(1, 128)), Frame(2, 128));
            var taken = (ImplicitMotion)model.TakeExpression(source, driving);
            TensorAssert.Close(model.ObserveMotion(source, driving).Expression, taken.Expression, 1e-6);
            TensorAssert.Close(source.Own.Rotation, taken.Rotation, 0);
        }
    }

    [Fact]
    public void A_latent_step_goes_along_the_direction_that_is_named_and_knows_no_angles()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var model = Made(new LatentModel(LatentConfig.Small));
        var source = model.EncodeSource(Frame(1, 128));
        LatentMotion Edited(string name, double value) => (LatentMotion)model.Edit(source, default, false, new Dictionary<string, double> { [name] = value });

        var change = (Edited("direction_3", 1.5).Steps - source.Steps).data<float>().ToArray();

        Assert.Equal(model.Config.DirectionCount, model.Sliders.Count);
        Assert.All(change.Index(), step => Assert.Equal(step.Index == 2 ? 1.5 : 0, step.Item, 1e-5));
        Assert.True((model.Generate(source, Edited("direction_3", 1.5)).Image - model.Generate(source, Edited("direction_3", 0)).Image).abs().mean().ToSingle() > 0);
        Assert.Contains("direction_3 must lie in [-2, 2], not 3", Assert.Throws<ArgumentException>(() => Edited("direction_3", 3)).Message, StringComparison.Ordinal);
        Assert.Contains("knows no angles", Assert.Throws<ArgumentException>(() => model.Edit(source, (10, 0, 0), false, Nothing)).Message, StringComparison.Ordinal);
        Assert.Contains("knows no angles", Assert.Throws<ArgumentException>(() => model.Edit(source, default, true, Nothing)).Message, StringComparison.Ordinal);
    }

    private static void Close(double[] expected, float[] made) => Assert.All(expected.Zip(made), pair => Assert.Equal(pair.First, pair.Second, 1e-3));

    private static FaceFrame Frame(ulong seed, int side = 64) => new(rand([1, 3, side, side], generator: new Generator(seed)));

    private static T Made<T>(T model) where T : nn.Module
    {
        model.eval();
        return model;
    }
}
