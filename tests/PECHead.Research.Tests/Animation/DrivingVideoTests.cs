using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
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
        Assert.Contains(notes, note => note.StartsWith("no face, or none for sure, in 23 of 29 frames", StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_gap_goes_to_rest_and_comes_back_and_unsure_frames_count_as_gaps()
    {
        using var scope = NewDisposeScope();
        // One number a frame: where the face is. 25 frames a second, 60 without a face.
        float[] scores = [.. Enumerable.Repeat(0.9f, 5), .. Enumerable.Repeat(0f, 60), .. Enumerable.Repeat(0.9f, 5), 0.3f, 0.9f];
        var place = Enumerable.Range(0, scores.Length).Select(i => i < 5 ? 1f : i == 70 ? 9f : 3f).ToArray();
        using var faces = new DrivingFaces(Face(place, scores).DetachFromDisposeScope(), 25);
        var rest = Face([0f], [1f]);
        double At(int frame) => faces.At(frame, rest).Crop[0, 1].ToDouble();
        Assert.Equal(61, faces.Missed);
        Assert.Equal((1.0, 3.0, 3.0), (At(4), At(65), At(70)));
        Assert.Equal(0, At(30), 6);
        Assert.True(At(5) is > 0.9 and < 1 && At(8) is > 0 and < 0.9 && At(62) is > 0.5 and < 3);
        Assert.Equal(1, At(5 + 60) / 3);
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

    private (RgbImage[] Frames, IReadOnlyList<string> Notes) Animate(Portrait source, RgbImage[] driving, AnimationOptions? options = null)
    {
        using (var writer = new VideoWriter(_folder["driving.mkv"], 64, 64, 25))
        {
            foreach (var frame in driving) writer.Write(frame);
            writer.Complete();
        }
        var made = _head.Animate([(source, _folder["out.mkv"])], _folder["driving.mkv"], options);
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
