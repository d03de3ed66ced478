using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Tests.Evaluation;
using PECHead.Research.Tests.Training;
using PECHead.Research.Training;
using PECHead.Research.Visualization;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

public sealed class ReenactmentTests(TinyStore tiny) : IClassFixture<TinyStore>, IDisposable
{
    private readonly TalkingHeadModel _model = ReconstructionEvaluationTests.Untrained();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Absolute_motion_gives_what_the_model_gives_for_the_pair()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var expected = FrameImage.FromTensor(_model.call(FrameBatch.Read(tiny.Store, [0], CPU), FrameBatch.Read(tiny.Store, [9], CPU)).Image[0]);
        using var reenactment = New(0, MotionMode.Absolute);
        Assert.True(expected.Pixels.SequenceEqual(reenactment.Next(tiny.Store.ReadFrame(9)).Pixels));
    }

    [Fact]
    public void Relative_motion_begins_with_the_source_at_rest()
    {
        using var still = New(0, MotionMode.Absolute);
        using var relative = New(0, MotionMode.Relative);
        var atRest = still.Next(tiny.Store.ReadFrame(0));
        Assert.True(Near(atRest, relative.Next(tiny.Store.ReadFrame(9))));
        Assert.True(Near(atRest, relative.Next(tiny.Store.ReadFrame(9))));
    }

    [Fact]
    public void Frames_leave_no_tensors_behind()
    {
        using var reenactment = New(0, MotionMode.Relative);
        reenactment.Next(tiny.Store.ReadFrame(1));
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++) reenactment.Next(tiny.Store.ReadFrame(i));
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private Reenactment New(int source, MotionMode mode) => new(_model, tiny.Store.ReadFrame(source), mode, CPU, Precision.Full);

    // A point a rounding away moves no pixel by more than a step of its 8 bits.
    private static bool Near(RgbImage a, RgbImage b)
    {
        for (var i = 0; i < a.Pixels.Length; i++)
        {
            if (Math.Abs(a.Pixels[i] - b.Pixels[i]) > 1) return false;
        }
        return true;
    }
}
