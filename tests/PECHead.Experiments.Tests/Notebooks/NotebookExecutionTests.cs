using System.Diagnostics;
using System.Text.Json;
using PECHead.Kernel.Engine;
using PECHead.Research.Recipes;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>Every notebook runs in a fresh kernel with fast parameters, and shows what it must.</summary>
[Collection(NotebookRuns.Name)]
public sealed class NotebookExecutionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-notebooks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NotebookFact]
    public void Quick_tour_animates_and_edits()
    {
        var run = Run("01-quick-tour.ipynb", "frames=6", "steps=3");
        Assert.Contains("<video", run.Of("animate", "text/html"), StringComparison.Ordinal);
        Assert.Contains("""[[&quot;-20\u00B0&quot;,&quot;0\u00B0&quot;,&quot;20\u00B0&quot;],[&quot;0.00&quot;,&quot;0.50&quot;,&quot;1.00&quot;]]""", run.Of("edit", "text/html"), StringComparison.Ordinal);
        Assert.True(run.Jpeg("still").Width > 3 * run.Jpeg("still").Height / 2);
        Assert.Contains("smile", run.Printed("expressions"), StringComparison.Ordinal);
        Assert.Contains("pechead studio", run.Printed("studio"), StringComparison.Ordinal);
    }

    [NotebookFact]
    public void Landmarks_and_pose_take_a_face_apart()
    {
        var run = Run("02-landmarks-and-pose.ipynb", "steps=3");
        Assert.All(["mesh", "parts", "expressions", "transfer"], cell => Assert.True(run.Jpeg(cell).Width > 500, cell));
        Assert.Contains("""[[&quot;-45\u00B0&quot;,&quot;0\u00B0&quot;,&quot;45\u00B0&quot;],[&quot;-30\u00B0&quot;,&quot;0\u00B0&quot;,&quot;30\u00B0&quot;]]""", run.Of("pose", "text/html"), StringComparison.Ordinal);
        Assert.Equal((3, 7), (run.Curves("curves"), run.Curves("amounts")));
    }

    [NotebookFact]
    public void Motion_from_keypoints_follows_its_equations()
    {
        var run = Run("03-motion-from-keypoints.ipynb", "positions=3");
        Assert.Equal("True", run.Of("heatmaps-check", "text/plain"));
        Assert.Contains("sum to between 1.0000 and 1.0000", run.Printed("mask-check"), StringComparison.Ordinal);
        Assert.All(["keypoints", "sparse", "mask", "dense", "occlusion", "warp", "result"], cell => Assert.True(run.Jpeg(cell).Width > 200, cell));
        Assert.Contains("pechead-slider", run.Of("play", "text/html"), StringComparison.Ordinal);
    }

    [NotebookFact]
    public void Deformable_offsets_are_shown_for_every_setting()
    {
        var run = Run("04-mmfa-and-deformable-offsets.ipynb", "clip=2");
        Assert.Equal(["global, half resolution", "local"], run.Rows("residual"));
        Assert.Contains("data-samples=", run.Of("view", "text/html"), StringComparison.Ordinal);
        Assert.True(run.Jpeg("settings").Width > 1000 && run.Jpeg("settings").Height > 500);
    }

    [NotebookFact]
    public void Context_propagation_compares_three_runs()
    {
        var run = Run("05-context-propagation.ipynb", "frames=8", "late=3");
        Assert.Equal(["full", "full, context cut", "mmfa"], run.Rows("landmarks"));
        Assert.Contains("<video", run.Of("three", "text/html"), StringComparison.Ordinal);
        Assert.Equal((3, 3, 2, 1), (run.Curves("flicker"), run.Curves("error"), run.Curves("hidden-curve"), run.Curves("forget")));
    }

    [NotebookFact]
    public void Ablations_measure_six_settings_and_train_a_seventh()
    {
        var run = Run("06-ablations.ipynb", "stride=60", "frames=6", "pairsPerClip=1", "seconds=15");
        string[] settings = ["kp", "lmk", "direct", "featcat", "mmfa", "full"];
        Assert.Equal(["source copy", .. settings], run.Rows("table"));
        Assert.Equal(["KP", "LMK", "Direct", "FeatCat", "MMFA", "Full"], run.Rows("paper"));
        Assert.Equal(6, run.Curves("curves"));
        Assert.All(settings, setting => Assert.Contains(setting, run.Of("errors", "image/svg+xml"), StringComparison.Ordinal));
        Assert.True(run.Curves("train") >= 2);
        Assert.Equal(2, run.Curves("compare"));
    }

    [NotebookFact]
    public void Paper_figures_are_files_ready_to_include()
    {
        var output = Path.Combine(_folder, "figures");
        var run = Run("07-paper-figures.ipynb", "stride=60", $"output={output}");
        Assert.Equal(["source copy", "kp", "lmk", "direct", "featcat", "mmfa", "full"], run.Rows("ours"));
        Assert.All(["same-identity", "cross-identity", "edits", "motion"], name => Assert.StartsWith("%PDF", File.ReadAllText(Path.Combine(output, name + ".pdf"), System.Text.Encoding.Latin1), StringComparison.Ordinal));
        // Four tables of the paper on four, two, two and two data sets, and ours.
        Assert.Equal(4 + 2 + 2 + 2 + 1, Directory.GetFiles(output, "*.tex").Length);
        Assert.Equal(Directory.GetFiles(output).Select(Path.GetFileName).Order(), run.Printed("files").TrimEnd().Split('\n').Order());
    }

    [NotebookFact]
    public void Losses_answer_to_a_spoiled_frame()
    {
        var run = Run("08-losses.ipynb", "steps=5");
        Assert.Equal((3, 3, 2, 1, 2, 3), (run.Curves("pixel"), run.Curves("perceptual"), run.Curves("warp"), run.Curves("spread"), run.Curves("equivariance"), run.Curves("adversarial")));
        Assert.Equal(["pixel", "perceptual", "spread", "equivariance", "warp", "face_parts"], run.Rows("sum"));
    }

    [NotebookFact]
    public void The_family_shows_what_every_method_calls_a_motion()
    {
        var run = Run("09-the-family.ipynb", "frames=3", "pairsPerClip=1");
        string[] there = [.. BaselineRecipes.All.Select(recipe => recipe.Id).Where(ShippedNotebooks.HasWeights), "full"];
        Assert.Equal(["source copy", .. there.Order()], run.Rows("turns").Take(1).Concat(run.Rows("turns").Skip(1).Order()));
        Assert.Equal(there.Length, run.Curves("over-time"));
        Assert.Equal(5, run.Curves("latent"));
        Assert.All(["points", "pictures", "directions", "deformations", "errors"], cell => Assert.True(run.Jpeg(cell).Width > 400, cell));
        Assert.Contains("<video", run.Of("video", "text/html"), StringComparison.Ordinal);
    }

    [NotebookFact]
    public void Codebooks_are_opened_closed_and_counted()
    {
        var run = Run("10-codebooks.ipynb", "frames=3", "pairsPerClip=1");
        Assert.Equal(["none", "motion", "appearance", "all"], run.Rows("table"));
        Assert.Equal(["16 px", "32 px", "64 px", "128 px"], run.Rows("counts"));
        Assert.Equal(4, run.Curves("time"));
        Assert.All(["compensation", "motion", "where", "one"], cell => Assert.True(run.Jpeg(cell).Width > 500, cell));
    }

    [NotebookFact]
    public void Nbclient_runs_the_quick_tour_through_the_kernel()
    {
        Assert.Equal(0, Program.Run("kernel", "install", "--prefix", _folder).ExitCode);
        Assert.True(Nbclient("01-quick-tour.ipynb", ".net-csharp").Jpeg("still").Width > 500);
    }

    [NotebookFact]
    public void The_official_kernel_runs_them_too()
    {
        var spec = Directory.CreateDirectory(Path.Combine(_folder, "share", "jupyter", "kernels", "official")).FullName;
        string[] command = [InteractiveTool.Dotnet, InteractiveTool.Assembly, "jupyter", "--default-kernel", "csharp", "--http-local-only", "{connection_file}"];
        File.WriteAllText(Path.Combine(spec, "kernel.json"), JsonSerializer.Serialize(new { argv = command, display_name = "official", language = "C#", env = InteractiveTool.Environs }));
        Assert.True(Nbclient("01-quick-tour.ipynb", "official").Jpeg("still").Width > 500);
        Assert.True(Nbclient("03-motion-from-keypoints.ipynb", "official").Jpeg("dense").Width > 200);
    }

    private ExecutedNotebook Nbclient(string name, string kernel)
    {
        var written = Path.Combine(_folder, "executed.ipynb");
        const string Script = """
            import sys, nbformat, nbclient
            notebook = nbformat.read(sys.argv[1], 4)
            nbclient.NotebookClient(notebook, timeout=170, kernel_name=sys.argv[4], resources={'metadata': {'path': sys.argv[2]}}).execute()
            nbformat.write(notebook, sys.argv[3])
            """;
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Script, ShippedNotebooks.At(name), ShippedNotebooks.Folder, written, kernel]) { RedirectStandardError = true };
        start.Environment["JUPYTER_PATH"] = Path.Combine(_folder, "share", "jupyter");
        start.Environment["JUPYTER_RUNTIME_DIR"] = start.Environment["IPYTHONDIR"] = _folder;
        using var python = Process.Start(start)!;
        var error = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, error);
        return new ExecutedNotebook(written);
    }

    private ExecutedNotebook Run(string name, params string[] parameters)
    {
        var run = ExecutedNotebook.Run(name, _folder, parameters);
        Assert.DoesNotContain(Path.GetDirectoryName(ShippedNotebooks.Folder)!, run.Text, StringComparison.Ordinal);
        return run;
    }
}
