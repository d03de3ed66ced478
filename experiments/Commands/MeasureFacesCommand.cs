using System.CommandLine;
using PECHead.Experiments.FaceModels;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead data measure-faces</c>: the table of docs/perception.md.</summary>
internal static class MeasureFacesCommand
{
    public static Command Create()
    {
        var store = new Argument<string>("store") { Description = "A frame store whose faces have been found." };
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("measure-faces", "Measure the embedded face networks on a store, as a Markdown table: jitter, descriptors, pose, speed.") { store, data, device };
        command.SetAction(parsed =>
        {
            var where = CommonOptions.ParseDevice(parsed.GetValue(device)!);
            using var frames = FrameStore.Open(parsed.GetValue(store)!);
            using var track = FaceTrack.Open(frames, MeshReconstructor.ConfigurationName);
            using var measurement = new PerceptionMeasurement(frames, FaceStores.Networks(parsed.GetValue(data)!), where);
            Console.WriteLine("| measure | value |\n|---|---|");
            foreach (var (what, value) in measurement.Rows(track))
                Console.WriteLine($"| {what} | {FormattableString.Invariant(value)} |");
            return 0;
        });
        return command;
    }
}
