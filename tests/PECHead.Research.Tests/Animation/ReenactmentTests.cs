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
        var (source, driving) = (Observed(0), Observed(9));
        var expected = FrameImage.FromTensor(_model.call(
            source.AsSource(tiny.Store.Reconstructor), driving.AsDriving(source.Coefficients, tiny.Store.Reconstructor)).Image[0]);
        using var reenactment = New(0);
        Assert.True(Near(expected, Next(reenactment, MotionMode.Absolute, 9)));
    }

    [Theory]
    [InlineData(MotionMode.Relative)]
    [InlineData(MotionMode.PoseOnly)]
    [InlineData(MotionMode.ExpressionOnly)]
    public void Relative_motion_begins_with_the_source_at_rest(MotionMode mode)
    {
        using var reenactment = New(0);
        var atRest = Next(reenactment, MotionMode.Absolute, 0);
        using var motion = new DrivenMotion(mode, reenactment.Source);
        Assert.True(Near(atRest, Next(reenactment, motion, 9)));
        Assert.True(Near(atRest, Next(reenactment, motion, 9)));
    }

    [Fact]
    public void Frames_leave_no_tensors_behind()
    {
        using var reenactment = New(0);
        using var motion = new DrivenMotion(MotionMode.Relative, reenactment.Source);
        Next(reenactment, motion, 1);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++) Next(reenactment, motion, i);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_source_without_a_face_is_refused()
    {
        var error = Assert.Throws<DataException>(() => new Reenactment(_model, tiny.Store.Reconstructor, new RgbImage(64, 64), CPU, Precision.Full));
        Assert.Contains("no face", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driving_video_must_begin_with_a_face_and_may_lose_it_later()
    {
        using var reenactment = New(0);
        using var motion = new DrivenMotion(MotionMode.Relative, reenactment.Source);
        Assert.Contains("first frame", Assert.Throws<DataException>(() => Next(reenactment, motion, new RgbImage(64, 64))).Message, StringComparison.Ordinal);
        Next(reenactment, motion, 1);
        var before = Next(reenactment, motion, 5);
        Assert.True(Near(before, Next(reenactment, motion, new RgbImage(64, 64))));
        Assert.Equal(2, motion.Missed);
    }

    private Reenactment New(int source) => new(_model, tiny.Store.Reconstructor, tiny.Store.Frames.ReadFrame(source), CPU, Precision.Full);

    private FaceBatch Observed(int frame)
    {
        var image = FrameBatch.Read(tiny.Store.Frames, [frame], CPU);
        return new FaceBatch(image, tiny.Store.Reconstructor.Reconstruct(image));
    }

    private RgbImage Next(Reenactment reenactment, MotionMode mode, int frame)
    {
        using var motion = new DrivenMotion(mode, reenactment.Source);
        return Next(reenactment, motion, frame);
    }

    private RgbImage Next(Reenactment reenactment, DrivenMotion motion, int frame) => Next(reenactment, motion, tiny.Store.Frames.ReadFrame(frame));

    private static RgbImage Next(Reenactment reenactment, DrivenMotion motion, RgbImage frame)
    {
        using var scope = NewDisposeScope();
        var driving = reenactment.Observe(frame);
        return reenactment.Next(motion.Next(driving.Coefficients), driving.Image);
    }

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
