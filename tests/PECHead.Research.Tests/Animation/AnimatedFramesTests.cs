using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

/// <summary>What a model is asked for, frame by frame, when a picture is animated: seen in the pictures of a model that draws it.</summary>
public sealed class AnimatedFramesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DrawnReconstructor _reconstructor = new();
    private readonly DotsModel _model = new();
    private readonly TalkingHead _head;
    private readonly RgbImage _source = Lamp(20, 26, (90, 60, 30), (250, 190, 120));
    private readonly RgbImage[] _driving =
    [
        Lamp(30, 30, (40, 60, 80), (255, 255, 255)), Lamp(36, 28, (60, 60, 60), (255, 200, 255)),
        Lamp(44, 40, (80, 50, 20), (255, 255, 120)), Lamp(12, 22, (20, 60, 90), (200, 255, 255)),
    ];

    public AnimatedFramesTests() => _head = new TalkingHead(_model, DrawnReconstructor.Observer(_reconstructor));

    public void Dispose()
    {
        _head.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(MotionMode.Absolute)]
    [InlineData(MotionMode.Relative)]
    [InlineData(MotionMode.PoseOnly)]
    [InlineData(MotionMode.ExpressionOnly)]
    public void Every_frame_shows_the_motion_that_the_mode_asks_for(MotionMode mode)
    {
        using var scope = NewDisposeScope();

        RgbImage[] made = [.. _head.Animate(Portrait(), _driving, new AnimationOptions { Mode = mode })];

        Assert.Equal(_driving.Length, made.Length);
        for (var i = 0; i < made.Length; i++)
            AssertNear(Expected(mode, i, before: i), made[i], 1, $"frame {i}");
        // Frames and modes differ by far more than the tolerance.
        foreach (var other in _model.Modes.Where(other => other != mode))
            Assert.True(Worst(made[2], Expected(other, 2, before: 2)) > 20, $"{mode} and {other} look alike");
        Assert.True(Worst(made[1], made[3]) > 20, "nothing moves");
    }

    [Fact]
    public void Relative_motion_is_the_default()
        => AssertNear(_head.Animate(Portrait(), _driving, new AnimationOptions { Mode = MotionMode.Relative }).Last(), _head.Animate(Portrait(), _driving).Last(), 0, "last frame");

    [Theory]
    [InlineData(MotionMode.Relative)]
    [InlineData(MotionMode.PoseOnly)]
    [InlineData(MotionMode.ExpressionOnly)]
    public void The_first_frame_shows_the_source_at_rest_whatever_drives(MotionMode mode)
    {
        using var scope = NewDisposeScope();
        var atRest = Picture(Found(_source), before: 0);
        Assert.All(_driving, first => AssertNear(atRest, _head.Animate(Portrait(), [first], new AnimationOptions { Mode = mode }).Single(), 1, "first frame"));
    }

    [Fact]
    public void A_frame_without_a_face_repeats_the_motion_before_it()
    {
        using var scope = NewDisposeScope();
        RgbImage[] made = [.. _head.Animate(Portrait(), [_driving[0], _driving[1], new RgbImage(64, 64), _driving[2]])];
        AssertNear(Expected(MotionMode.Relative, 1, before: 1), made[1], 1, "with a face");
        AssertNear(Expected(MotionMode.Relative, 1, before: 2), made[2], 1, "without a face");
        AssertNear(Expected(MotionMode.Relative, 2, before: 3), made[3], 1, "found again");
    }

    [Fact]
    public void A_source_without_a_face_is_refused()
    {
        ImageFile.WritePng(_folder["black.png"], new RgbImage(64, 64));
        var error = Assert.Throws<DataException>(() => _head.Animate(_head.Open(_folder["black.png"]), _driving).First());
        Assert.Contains("no face was found in the source picture", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_source_rests_until_the_first_face_drives_it()
    {
        using var scope = NewDisposeScope();
        RgbImage[] made = [.. _head.Animate(Portrait(), [new RgbImage(64, 64), .. _driving])];
        AssertNear(Picture(Found(_source), before: 0), made[0], 1, "at rest");
        AssertNear(Expected(MotionMode.Relative, 2, before: 3), made[3], 1, "driven");
    }

    [Fact]
    public void Every_animation_begins_anew()
    {
        var portrait = Portrait();
        RgbImage[] first = [.. _head.Animate(portrait, _driving)], second = [.. _head.Animate(portrait, _driving)];
        Assert.All(first.Zip(second), pair => AssertNear(pair.First, pair.Second, 0, "repeated"));
    }

    [Fact]
    public void A_video_animates_as_its_frames_do()
    {
        RgbImage[] frames = [.. _driving, new RgbImage(64, 64), _driving[3], .. _driving];
        foreach (var (i, frame) in frames.Index()) ImageFile.WritePng(_folder[$"frame{i}.png"], frame);
        SyntheticMedia.Ffmpeg(["-framerate", "25", "-i", _folder["frame%d.png"], "-c:v", "libx264", "-crf", "1", "-pix_fmt", "yuv444p", _folder["driving.mp4"]]);
        using var video = VideoFrames.Open(_folder["driving.mp4"], new VideoFramesOptions { Crop = Crop.Centre, Size = 64 });
        RgbImage[] expected = [.. _head.Animate(Portrait(), video.ReadAll())];

        var summary = _head.Animate(Portrait("source.png"), _folder["driving.mp4"], _folder["out.mp4"], new AnimationOptions { Reference = DrivingReference.First });

        using var written = VideoFrames.Open(_folder["out.mp4"]);
        RgbImage[] made = [.. written.ReadAll()];
        Assert.Equal((10, 1, 10), (summary.Frames, summary.Missed, made.Length));
        Assert.All(expected.Zip(made), pair => Assert.InRange(Distance(pair.First, pair.Second), 0, 6));
        Assert.True(Worst(expected[0], expected[7]) > 40, "nothing moves");
    }

    [Fact]
    public void An_edit_turns_the_head_by_degrees_and_moves_the_face_along_its_direction()
    {
        using var scope = NewDisposeScope();
        var source = Found(_source);
        var turned = source with
        {
            Angles = source.Angles + tensor(new[] { 0f, (float)(20 * Math.PI / 180), (float)(-30 * Math.PI / 180) }).unsqueeze(0),
            Expression = source.Expression + tensor(new[] { 0.5f, 0f, 0f }).unsqueeze(0),
        };

        var made = _head.Edit(Portrait(), [new FaceEdit { Yaw = 20, Roll = -30 }.With("smile", 0.5)]).Single();

        AssertNear(Picture(turned, before: 0), made, 1, "edited");
        Assert.True(Worst(made, Picture(source, before: 0)) > 20, "nothing is edited");
    }

    [Fact]
    public void Frames_leave_no_tensors_behind()
    {
        var portrait = Portrait();
        long Live(int frames)
        {
            _ = _head.Animate(portrait, Enumerable.Range(0, frames).Select(i => _driving[i % _driving.Length])).Count();
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
        var few = Live(2);
        Assert.Equal(few, Live(8));
    }

    private Portrait Portrait() => _head.Open(Portrait("source.png"));

    private string Portrait(string name)
    {
        ImageFile.WritePng(_folder[name], _source);
        return _folder[name];
    }

    private RgbImage Expected(MotionMode mode, int frame, int before)
        => Picture(Target(mode, Found(_source), Found(_driving[frame]), Found(_driving[0])), before);

    private RgbImage Picture(FaceCoefficients target, int before)
    {
        var face = new FaceState(new Keypoints(_reconstructor.Landmarks(target)), target.Pose, target.Expression);
        return FrameImage.FromTensor(_model.Expected(FrameBatch.FromImages([_source], CPU)[0], face, before));
    }

    private static FaceCoefficients Found(RgbImage frame) => DrawnReconstructor.Faces(FrameBatch.FromImages([frame], CPU));

    // The documented formulas once more, without tensors.
    private static FaceCoefficients Target(MotionMode mode, FaceCoefficients source, FaceCoefficients driving, FaceCoefficients first)
    {
        if (mode == MotionMode.Absolute) return driving with { Identity = source.Identity };
        var (s, d, f) = (Numbers(source), Numbers(driving), Numbers(first));
        var target = source;
        if (mode != MotionMode.PoseOnly) target = target with { Expression = source.Expression + driving.Expression - first.Expression };
        if (mode == MotionMode.ExpressionOnly) return target;
        var turn = Product(Product(Rotation(d.Angles), Transposed(Rotation(f.Angles))), Rotation(s.Angles));
        var size = Math.Exp(s.Crop[0] - f.Crop[0]);
        return target with
        {
            Angles = Row([Math.Atan2(turn[2, 1], turn[2, 2]), Math.Asin(-turn[2, 0]), Math.Atan2(turn[1, 0], turn[0, 0])]),
            Crop = Row([s.Crop[0] + d.Crop[0] - f.Crop[0], s.Crop[1] + (size * (d.Crop[1] - f.Crop[1])), s.Crop[2] + (size * (d.Crop[2] - f.Crop[2]))]),
        };
    }

    private static (float[] Angles, float[] Crop) Numbers(FaceCoefficients face) => (face.Angles[0].data<float>().ToArray(), face.Crop[0].data<float>().ToArray());

    private static Tensor Row(double[] values) => tensor(values, [1, values.Length]).to(ScalarType.Float32);

    private static double[,] Rotation(float[] angles)
    {
        double[,] About(int axis, double angle)
        {
            var (i, j) = ((axis + 1) % 3, (axis + 2) % 3);
            var matrix = new double[3, 3];
            (matrix[axis, axis], matrix[i, i], matrix[j, j], matrix[i, j], matrix[j, i]) = (1, Math.Cos(angle), Math.Cos(angle), -Math.Sin(angle), Math.Sin(angle));
            return matrix;
        }
        return Product(Product(About(2, angles[2]), About(1, angles[1])), About(0, angles[0]));
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        var product = new double[3, 3];
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
                for (var k = 0; k < 3; k++) product[i, j] += a[i, k] * b[k, j];
        return product;
    }

    private static double[,] Transposed(double[,] a)
    {
        var result = new double[3, 3];
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++) result[i, j] = a[j, i];
        return result;
    }

    // A bright square on an even ground: the drawn face lies where the light is.
    private static RgbImage Lamp(int left, int top, (byte R, byte G, byte B) ground, (byte R, byte G, byte B) light)
    {
        var image = new RgbImage(64, 64);
        for (var y = 0; y < 64; y++)
            for (var x = 0; x < 64; x++) image[x, y] = x >= left && x < left + 18 && y >= top && y < top + 18 ? light : ground;
        return image;
    }

    private static void AssertNear(RgbImage expected, RgbImage actual, int levels, string what)
    {
        var worst = Worst(expected, actual);
        Assert.True(worst <= levels, $"{what}: {worst} levels apart, {levels} allowed");
    }

    private static int Worst(RgbImage a, RgbImage b) => a.GetBuffer().Zip(b.GetBuffer(), (x, y) => Math.Abs(x - y)).Max();

    private static double Distance(RgbImage a, RgbImage b) => a.GetBuffer().Zip(b.GetBuffer(), (x, y) => Math.Abs(x - y)).Average();
}
