using System.CommandLine;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead protocol write</c>: draws the pairs that evaluations use and writes them down.</summary>
internal static class ProtocolCommand
{
    public static Command Create()
    {
        var store = new Option<string>("--store") { Description = "Frame store of 'pechead data prepare' with held-out clips.", Required = true };
        var seed = Numbers.Whole("--seed", "Another seed draws other pairs.", 1, least: 0);
        var frames = Numbers.Whole("--frames", "Driving frames of each held-out clip.", 64);
        var output = new Option<string?>("--out") { Description = "Folder of the pairs. Default: experiments/protocols/<data set>." };
        var reconstructor = new Option<string>("--reconstructor") { Description = "The reconstructor whose faces in the store to use: mesh or bfm.", DefaultValueFactory = _ => MeshReconstructor.ConfigurationName };
        var write = new Command("write", "Draw same-identity.yaml, cross-identity.yaml and editing.yaml from the held-out clips of a store.") { store, seed, frames, output, reconstructor };
        write.SetAction(parsed => Write(
            parsed.GetValue(store)!, parsed.GetValue(seed), parsed.GetValue(frames), parsed.GetValue(output), parsed.GetValue(reconstructor)!));
        return new Command("protocol", "Draw the pairs of source and driving frames for 'pechead evaluate --protocol'. They are files, so that everybody evaluates the same.") { write };
    }

    /// <summary>Where the pairs of a data set are looked for.</summary>
    public static string FolderOf(string dataset) => Path.Combine("experiments", "protocols", dataset);

    private static int Write(string store, int seed, int frames, string? output, string reconstructor)
    {
        using var faces = FaceStore.Open(store, reconstructor);
        var folder = output ?? FolderOf(faces.Index.Dataset);
        foreach (var file in Enum.GetValues<EvaluationTask>().GroupBy(task => ProtocolPairs.PathIn(folder, task)))
        {
            try
            {
                var sequences = file.SelectMany(task => ProtocolDraw.Draw(task, faces, seed, frames)).ToList();
                new ProtocolPairs(faces.Index.Dataset, faces.Index.Fingerprint, seed, sequences).Write(file.Key);
                Console.WriteLine($"{file.Key}: {sequences.Count} sequences, {sequences.Sum(one => one.Count)} frames");
            }
            catch (DataException failure) when (file.Any(task => task != EvaluationTask.Reconstruction))
            {
                Console.WriteLine($"{file.Key}: not written: {failure.Message}");
            }
        }
        return 0;
    }
}
