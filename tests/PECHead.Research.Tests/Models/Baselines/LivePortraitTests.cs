using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>What LivePortrait's goldens do not cover: its sliders, and what the library makes of a model that enlarges.</summary>
public sealed class LivePortraitTests
{
    private static readonly Dictionary<string, double> Nothing = [];

    [Theory]
    [InlineData("smile", 1, 20, 1, -0.01)]
    [InlineData("smile", -0.3, 17, 2, -0.0009)]
    [InlineData("wink", 39, 11, 1, 0.039)]
    [InlineData("eyebrow", 30, 2, 1, -0.03)]
    [InlineData("eyebrow", -30, 1, 1, -0.009)]
    [InlineData("eyebrow", -30, 1, 0, 0.03)]
    [InlineData("gaze_x", 30, 11, 0, 0.021)]
    [InlineData("gaze_x", -30, 11, 0, -0.03)]
    [InlineData("gaze_y", 60, 13, 1, -0.009)]
    [InlineData("gaze_y", 60, 15, 1, -0.03)]
    [InlineData("pout", -0.09, 19, 0, -0.09)]
    [InlineData("purse", 10, 17, 2, -0.005)]
    [InlineData("grin", 15, 20, 2, -0.015)]
    [InlineData("lip", 120, 19, 2, 0.012)]
    [InlineData("move_x", 0.1, 5, 0, -0.1)]
    public void A_slider_moves_its_points_by_its_factor(string name, double value, int point, int axis, double expected)
    {
        using var scope = NewDisposeScope();
        var rest = Rest();

        var moved = FaceSliders.Apply(rest, new Dictionary<string, double> { [name] = value });

        Assert.Equal(expected, moved.Expression[0, point, axis].ToDouble(), 1e-6);
        Assert.Equal(1, moved.Scale.ToDouble());
        TensorAssert.Close(rest.Expression, FaceSliders.Apply(rest, new Dictionary<string, double> { [name] = 0 }).Expression, 0);
    }

    [Fact]
    public void What_is_no_slider_or_leaves_its_range_is_refused_with_what_there_is()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("there are: smile, wink", Assert.Throws<ArgumentException>(() => FaceSliders.Apply(Rest(), new Dictionary<string, double> { ["frown"] = 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("zoom must lie in [0.9, 1.2], not 2", Assert.Throws<ArgumentException>(() => FaceSliders.Apply(Rest(), new Dictionary<string, double> { ["zoom"] = 2 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_of_nothing_is_the_source_and_a_frontal_head_is_not_turned()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var model = Small();
        var source = model.EncodeSource(new FaceFrame(rand(1, 3, 128, 128)));

        var same = (ImplicitMotion)model.Edit(source, (0, 0, 0), frontalized: false, Nothing);
        var turned = (ImplicitMotion)model.Edit(source, (10, 0, 0), frontalized: false, Nothing);
        var frontal = (ImplicitMotion)model.Edit(source, (0, 0, 0), frontalized: true, Nothing);
        var grown = (ImplicitMotion)model.Edit(source, (0, 0, 0), frontalized: false, new Dictionary<string, double> { ["zoom"] = 1.1 });

        TensorAssert.Close(source.Own.Points(), same.Points(), 1e-5);
        TensorAssert.Close(eye(3).unsqueeze(0), frontal.Rotation, 1e-6);
        // Ten degrees about the axis through the neck.
        var between = source.Own.Rotation.transpose(1, 2).matmul(turned.Rotation)[0];
        Assert.Equal(10, Math.Acos((between.diagonal().sum().ToDouble() - 1) / 2) * 180 / Math.PI, 0.01);
        TensorAssert.Close(source.Own.Scale * 1.1, grown.Scale, 1e-6);
    }

    [Fact]
    public void Eyes_and_lips_open_as_far_as_their_networks_say_and_only_where_it_is_known_how_far_they_are()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var model = Small();
        foreach (var network in new[] { model.Eyes, model.Lips })
            foreach (var parameter in network.parameters()) parameter.add_(0.01);
        var source = model.EncodeSource(new FaceFrame(rand(1, 3, 128, 128)));
        var values = new Dictionary<string, double> { [FaceSliders.EyesOpen] = 0.4, [FaceSliders.LipsOpen] = 0.1 };
        var openness = new FaceOpenness(0.3, 0.25, 0.05);

        var edited = (ImplicitMotion)model.Edit(source, (0, 0, 0), frontalized: false, values, openness);

        var points = source.Own.Points();
        Tensor Ratios(params float[] ratios) => tensor(ratios).unsqueeze(0);
        TensorAssert.Close(model.Eyes.Of(points, Ratios(0.3f, 0.25f, 0.4f)) + model.Lips.Of(points, Ratios(0.05f, 0.1f)), edited.Shift, 1e-6);
        Assert.True(edited.Shift.abs().max().ToDouble() > 0.01);
        Assert.Contains("eyes_open needs a source in which a face is seen", Assert.Throws<ArgumentException>(() => model.Edit(source, (0, 0, 0), false, values)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("source")]
    [InlineData("driving")]
    public void Openings_are_the_authors_ratios_on_their_203_landmarks(string name)
    {
        using var scope = NewDisposeScope();
        var golden = new GoldenFile("liveportrait");

        var openness = FaceOpenness.Of(golden[$"inputs/landmarks.{name}203"], new((6, 18, 0, 12), (30, 42, 24, 36), (90, 102, 48, 66)));

        var eyes = golden[$"out/ratio.eye_{name}"];
        Assert.Equal(eyes[0, 0].ToDouble(), openness.LeftEye, 1e-7);
        Assert.Equal(eyes[0, 1].ToDouble(), openness.RightEye, 1e-7);
        Assert.Equal(golden[$"out/ratio.lip_{name}"].ToDouble(), openness.Lips, 1e-7);
    }

    [Theory]
    [InlineData("source203")]
    [InlineData("106")]
    [InlineData("101")]
    [InlineData("68")]
    public void The_square_around_a_box_is_the_authors_around_its_landmarks_but_for_the_turn(string set)
    {
        using var scope = NewDisposeScope();
        using var model = Small();
        var golden = new GoldenFile("liveportrait");
        var landmarks = golden[$"inputs/landmarks.{set}"];
        double Edge(int axis, bool last) => (last ? landmarks.select(1, axis).max() : landmarks.select(1, axis).min()).ToDouble();
        // Their square of 512 px in pixels of the picture; heads are turned by 5 to 11 degrees here.
        var back = golden[$"out/crop.{set}.M_c2o"];
        double At(int row, int column) => back[row, column].ToDouble();
        var side = 512 * Math.Sqrt((At(0, 0) * At(0, 0)) + (At(1, 0) * At(1, 0)));

        var ours = HeadCrop.FromFaces([new FaceRectangle(Edge(0, false), Edge(1, false), Edge(0, true), Edge(1, true))], 256, 256, CropOverflow.Repeat, model.Margins).Resolve(256, 256);

        Assert.InRange(ours.Side / side, 0.98, 1.02);
        Assert.InRange(Math.Abs(ours.X + (ours.Side / 2.0) - ((At(0, 0) + At(0, 1)) * 256) - At(0, 2)) / side, 0, 0.02);
        Assert.InRange(Math.Abs(ours.Y + (ours.Side / 2.0) - ((At(1, 0) + At(1, 1)) * 256) - At(1, 2)) / side, 0, 0.01);
    }

    [Fact]
    public void A_picture_is_edited_without_a_driving_face_and_made_twice_as_large()
    {
        using var head = new TalkingHead(Small(), observer: null);
        var picture = new RgbImage(128, 128);
        var portrait = new Portrait(picture, picture, new CropSquare(0, 0, 128), 1);

        var made = head.Edit(portrait, [new FaceEdit { Yaw = 5 }.With("gaze_x", 20)]).Single();

        Assert.Equal((256, 256), (made.Width, made.Height));
        Assert.Contains("gaze_x", head.Expressions);
        Assert.Throws<ArgumentException>(() => head.Edit(portrait, [new FaceEdit().With("mouth_open", 1)]).Single());
    }

    [Fact]
    public void Beside_its_source_an_enlarged_frame_stands_in_one_row()
    {
        using var head = new TalkingHead(Small(), observer: null);
        var picture = new RgbImage(128, 128);

        var made = head.Animate(new Portrait(picture, picture, new CropSquare(0, 0, 128), 1), [picture, picture], new AnimationOptions { Beside = true }).ToList();

        Assert.Equal([(768, 256), (768, 256)], made.Select(frame => (frame.Width, frame.Height)));
    }

    private static LivePortraitModel Small() => SeededModel.Make(1, () => new LivePortraitModel(LivePortraitConfig.Small));

    private static ImplicitMotion Rest()
    {
        var points = zeros(1, LivePortraitConfig.KeypointCount, 3);
        return new ImplicitMotion(points, ones(1, 1), eye(3).unsqueeze(0), points, zeros(1, 3), points);
    }
}
