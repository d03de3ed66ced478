using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>How a source of LivePortrait follows a driver: controls in the authors' order, source videos, kept motions.</summary>
public sealed class LivePortraitFollowingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LivePortraitModel _model = Small();
    private readonly LivePortraitSource _source;
    private readonly ImplicitMotion _driving;
    private readonly ImplicitMotion _first;

    public LivePortraitFollowingTests()
    {
        using var quiet = no_grad();
        _source = _model.EncodeSource(new FaceFrame(rand(1, 3, 128, 128)));
        (_driving, _first) = ((ImplicitMotion)_model.Read(rand(1, 3, 128, 128)), (ImplicitMotion)_model.Read(rand(1, 3, 128, 128)));
    }

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Pose_and_expression_follow_by_their_strengths(double pose, double expression)
    {
        var moved = MotionRules.Relative(MotionRegion.All, _source.Own, _driving, _first);

        var made = Follow(MotionControls.Standard, MotionMode.Relative, pose, expression);

        TensorAssert.Close(pose == 0 ? _source.Own.Rotation : moved.Rotation, made.Rotation, 1e-4);
        TensorAssert.Close(pose == 0 ? _source.Own.Translation : moved.Translation, made.Translation, 1e-5);
        TensorAssert.Close(pose == 0 ? _source.Own.Scale : moved.Scale, made.Scale, 1e-4);
        TensorAssert.Close(expression == 0 ? _source.Own.Expression : moved.Expression, made.Expression, 1e-6);
    }

    [Fact]
    public void The_multiplier_comes_after_the_seam_and_the_seam_can_be_left()
    {
        var own = _source.Own.Points();
        var ruled = MotionRules.Relative(MotionRegion.All, _source.Own, _driving, _first);
        var stitched = ruled.Points() + _model.Stitching.Of(own, ruled.Points());

        TensorAssert.Close(stitched, Follow(MotionControls.Standard).Points(), 1e-5);
        TensorAssert.Close(own + (1.5 * (stitched - own)), Follow(new() { Multiplier = 1.5 }).Points(), 1e-5);
        TensorAssert.Close(own, Follow(new() { Multiplier = 0 }).Points(), 1e-5);
        TensorAssert.Close(ruled.Points(), Follow(new() { Stitches = false }).Points(), 1e-5);
        Assert.True((stitched - ruled.Points()).abs().max().ToDouble() > 0.01);
    }

    [Fact]
    public void Movements_in_units_of_the_faces_change_nothing_where_they_are_relative_and_much_where_they_are_absolute()
    {
        MotionControls plain = new() { Stitches = false }, scaled = plain with { Scale = MovementScale.Expression };
        var own = _source.Own.Points();
        var (now, start) = (MotionRules.Absolute(MotionRegion.All, _source.Own, _driving).Points(), MotionRules.Absolute(MotionRegion.All, _source.Own, _first).Points());

        TensorAssert.Close(Follow(plain).Points(), Follow(scaled).Points(), 1e-5);
        TensorAssert.Close(own + ((now - start) * MotionRules.SizeRatio(own, start)), Follow(scaled, MotionMode.Absolute).Points(), 1e-5);
        Assert.True((now - Follow(scaled, MotionMode.Absolute).Points()).abs().max().ToDouble() > 0.01);
    }

    [Fact]
    public void Openings_are_told_by_ratios_and_a_relative_motion_says_nothing_more()
    {
        var own = _source.Own.Points();
        SeenOpenness seen = new(new FaceOpenness(0.3, 0.25, 0.05), new FaceOpenness(0.2, 0.1, 0.15));
        Tensor Ratios(params float[] ratios) => tensor(ratios).unsqueeze(0);
        Tensor eyes = _model.Eyes.Of(own, Ratios(0.3f, 0.25f, 0.2f)), lips = _model.Lips.Of(own, Ratios(0.05f, 0.4f));
        MotionControls controls = new() { Eyes = new OpeningTarget(null), Lips = new OpeningTarget(0.4), Stitches = false };

        TensorAssert.Close(own + eyes + lips, Follow(controls, seen: seen).Points(), 1e-5);
        TensorAssert.Close(MotionRules.Absolute(MotionRegion.All, _source.Own, _driving).Points() + eyes + lips, Follow(controls, MotionMode.Absolute, seen: seen).Points(), 1e-5);
        Assert.Contains("needs a source in which a face is seen", Assert.Throws<ArgumentException>(() => Follow(controls)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.029, false)]
    [InlineData(0.03, true)]
    public void Lips_of_the_source_that_are_open_are_closed_after_the_seam(double open, bool closes)
    {
        var closed = _model.Lips.Of(_source.Own.Points(), tensor(new[] { (float)open, 0f }).unsqueeze(0));
        var made = Follow(new() { ClosesLips = true }, seen: new(new FaceOpenness(0.3, 0.3, open), null)).Points() - Follow(MotionControls.Standard).Points();
        TensorAssert.Close(closes ? closed : zeros_like(closed), made, 1e-5);
    }

    [Theory]
    [InlineData(MotionRegion.Eyes)]
    [InlineData(MotionRegion.Lips)]
    [InlineData(MotionRegion.Pose)]
    [InlineData(MotionRegion.Expression)]
    public void Of_a_source_video_only_the_region_moves_and_one_that_drives_itself_stays(MotionRegion region)
    {
        using var quiet = no_grad();
        ImplicitMotion[] own = [_source.Own, _driving, _first], driving = [_first, _driving, _source.Own];
        var asked = new AskedMotion(MotionMode.Relative, new MotionControls { Region = region, Smoothing = 1e-12 });
        var moved = _model.FollowVideo(asked, own, driving, driving[0]).Cast<ImplicitMotion>().ToList();
        foreach (var (one, made) in own.Zip(moved).Skip(1))
        {
            Assert.Equal(region == MotionRegion.Pose, (one.Rotation - made.Rotation).abs().max().ToDouble() > 1e-4);
            Assert.Equal(region != MotionRegion.Pose, (one.Expression - made.Expression).abs().max().ToDouble() > 1e-6);
            TensorAssert.Close(one.Translation, made.Translation, 0);
        }

        var still = _model.FollowVideo(asked, own, [.. own.Select(_ => _first)], _first).Cast<ImplicitMotion>();
        Assert.All(own.Zip(still), pair => TensorAssert.Close(pair.First.Points(), pair.Second.Points(), 1e-4));
    }

    [Fact]
    public void A_kept_motion_drives_as_its_video_does()
    {
        SyntheticMedia.Draw(_folder["driving.mkv"], "testsrc2=size=128x128:rate=25", 4);
        using var head = new TalkingHead(Small(), observer: null);
        var portrait = new Portrait(new RgbImage(128, 128), new RgbImage(128, 128), new CropSquare(0, 0, 128), 1);

        Assert.Equal(4, head.RecordMotion(_folder["driving.mkv"], _folder["motion.safetensors"]));
        head.Animate([(portrait, _folder["video.mkv"])], _folder["driving.mkv"], new AnimationOptions { Reference = DrivingReference.First });
        head.AnimateRecorded(portrait, _folder["motion.safetensors"], _folder["kept.mkv"]);

        var (video, kept) = (Frames("video.mkv"), Frames("kept.mkv"));
        Assert.Equal(4, kept.Count);
        Assert.All(video.Zip(kept), pair => Assert.InRange(Difference(pair.First, pair.Second), 0, 0.05));
        Assert.NotEqual(kept[0].GetBuffer(), kept[3].GetBuffer());
        Assert.Throws<ArgumentException>(() => head.RecordMotion(_folder["driving.mkv"], _folder["motion.bin"]));
    }

    [Fact]
    public void A_video_is_a_source_and_by_a_driver_that_rests_it_is_what_the_model_makes_of_it()
    {
        SyntheticMedia.Draw(_folder["source.mkv"], "testsrc2=size=128x128:rate=20", 5);
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "color=gray:size=128x128:rate=25", "-frames:v", "4", "-c:v", "ffv1", _folder["rest.mkv"]]);
        using var head = new TalkingHead(Small(), observer: null);

        var made = head.AnimateVideo(_folder["source.mkv"], _folder["rest.mkv"], _folder["out.mkv"], new AnimationOptions { Controls = new() { Smoothing = 1e-12, Stitches = false } });

        var (frames, source) = (Frames("out.mkv"), Frames("source.mkv"));
        Assert.Equal(frames.Count, made.Frames);
        Assert.InRange(made.Frames, 3, 4);
        Assert.Equal(20, VideoInfo.Probe(_folder["out.mkv"]).Rate, 6);
        using var quiet = no_grad();
        foreach (var (frame, i) in frames.Select((frame, i) => (frame, i)))
        {
            var state = _model.EncodeSource(new FaceFrame(FrameBatch.FromImages([source[i]], CPU)));
            Assert.InRange(Difference(FrameImage.FromTensor(_model.Generate(state, state.Own).Image[0]), frame), 0, 0.05);
        }
    }

    [Fact]
    public void Shifts_of_points_keep_their_precision_where_the_networks_are_narrowed()
    {
        var (own, moved) = (_source.Own.Points(), _driving.Points());
        var expected = _model.Stitching.Of(own, moved);
        Accelerator.ForInference(_model, Precision.Mixed);
        TensorAssert.Close(expected, _model.Stitching.Of(own, moved), 1e-6);
        using var narrowed = Accelerator.MixedPrecision(CPU, Precision.Mixed);
        TensorAssert.Close(expected, _model.Stitching.Of(own, moved), 1e-6);
    }

    [Fact]
    public void A_damaged_motion_is_refused_with_what_is_wrong()
    {
        string file = _folder["motion.safetensors"];
        MotionTemplate.Save(file, new MotionRecording(25, [_driving, _first], [new FaceOpenness(0.3, 0.2, 0.1), default]));
        var fields = StateDict.Load(file);
        var header = new Dictionary<string, string> { ["format"] = "liveportrait-motion", ["version"] = "1", ["output_fps"] = "25" };
        using (var whole = MotionTemplate.Open(file))
        {
            Assert.Equal((2, 25.0, new FaceOpenness(0.3f, 0.2f, 0.1f)), (whole.Frames.Count, whole.Rate, whole.Openness![0]));
            TensorAssert.Close(_first.Points(), ((ImplicitMotion)whole.Frames[1]).Points(), 1e-6);
        }
        void Refuse(string words, Action<Dictionary<string, Tensor>> change, Dictionary<string, string>? head = null)
        {
            var changed = new Dictionary<string, Tensor>(fields);
            change(changed);
            StateDict.Save(file, changed, head ?? header);
            Assert.Contains(words, Assert.Throws<CheckpointFormatException>(() => MotionTemplate.Open(file)).Message, StringComparison.Ordinal);
        }
        Refuse("no motion of LivePortrait", _ => { }, []);
        Refuse("'output_fps' must be", _ => { }, new(header) { ["output_fps"] = "1e9" });
        Refuse("'kp' is missing", tensors => tensors.Remove("kp"));
        Refuse("'R' must be float32 [2, 3, 3]", tensors => tensors["R"] = zeros(2, 9));
        Refuse("'t' must be float32", tensors => tensors["t"] = zeros(2, 3, dtype: ScalarType.Float64));
        Refuse("'exp' has numbers that no head can have", tensors => tensors["exp"] = full([2, 21, 3], float.NaN));
        Refuse("'scale' must not be 0", tensors => tensors["scale"] = zeros(2, 1));
        Refuse("'c_lip' is missing", tensors => tensors.Remove("c_lip"));
        Refuse("'more' is no field", tensors => tensors["more"] = zeros(2, 1));
        Refuse("1 to 216000 frames, not 0", tensors => tensors["scale"] = zeros(0, 1));
    }

    private ImplicitMotion Follow(MotionControls controls, MotionMode mode = MotionMode.Relative, double pose = 1, double expression = 1, SeenOpenness seen = default)
        => (ImplicitMotion)_model.Follow(new AskedMotion(mode, controls, pose, expression), _source, _driving, _first, seen);

    private List<RgbImage> Frames(string name)
    {
        using var video = VideoFrames.Open(_folder[name]);
        return [.. video.ReadAll()];
    }

    // Mean difference, in levels.
    private static double Difference(RgbImage one, RgbImage other)
    {
        var sum = 0L;
        for (var i = 0; i < one.Pixels.Length; i++) sum += Math.Abs(one.Pixels[i] - other.Pixels[i]);
        return (double)sum / one.Pixels.Length;
    }

    // A small model whose shifts are not zero, as they are at the start of a training.
    private static LivePortraitModel Small()
    {
        var model = SeededModel.Make(1, () => new LivePortraitModel(LivePortraitConfig.Small));
        using var quiet = no_grad();
        foreach (var network in new[] { model.Stitching, model.Eyes, model.Lips })
            foreach (var parameter in network.parameters()) parameter.add_(0.01);
        return model;
    }
}
