using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead inspect</c>: what the face networks, or a model, see in a picture or video.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var media = new Argument<string>("media") { Description = "Picture or video of a face, of any size." };
        var output = new Option<string?>("--out") { Description = "The file to make. Of a picture: .png, .svg, .pdf or .html. Of a video: what 'pechead animate' writes, without sound. Default: inspect.png or inspect.mp4." };
        var face = Numbers.OptionalWhole("--face", "Which face of the first frame, 1 for the largest. Default: the largest.");
        var reading = new ReadingOptions();
        var augment = new Option<string?>("--augment")
        {
            Description = "Draw 24 virtual identities of the first frame instead, as this experiment makes them. Default: experiments/configs/talking-face-people.yaml.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var model = new Option<string?>("--model") { Description = "Draw what this model makes of the picture instead: points, motion, visibility, frame, and codes where it has some. An id of 'pechead models' whose weights are here, the folder of a run, or a file of weights." };
        var driving = new Option<string?>("--driving") { Description = "With --model: the picture whose motion the model is to take. Default: the picture itself." };
        var portraits = CommonOptions.Portraits();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("inspect", "Draw mesh, 68 landmarks, head axes and bars of expression over a picture or video.") { media, output, face, reading.Rate, reading.AllowDamaged, model, driving, augment, portraits, data, device };
        command.Validators.Add(result =>
        {
            if (result.GetResult(driving) is not null && result.GetResult(model) is null) result.AddError("--driving is for --model: it names the picture whose motion the model is to take.");
            if (result.GetResult(augment) is not null && result.GetResult(model) is not null) result.AddError("--model and --augment draw different things: give one of them.");
        });
        command.SetAction((parsed, cancellation) => Task.FromResult(parsed.GetValue(model) is { } chosen
            ? ModelInspection.Draw(
                parsed.GetValue(media)!, parsed.GetValue(driving) ?? parsed.GetValue(media)!, parsed.GetValue(output) ?? "inspect.png", chosen, (int)(parsed.GetValue(face) ?? 1),
                parsed.GetValue(data)!, CommonOptions.ParseDevice(parsed.GetValue(device)!))
            : parsed.GetResult(augment) is null
            ? Inspect(parsed.GetValue(media)!, parsed.GetValue(output), (int?)parsed.GetValue(face) - 1, reading.Of(parsed), parsed.GetValue(data)!, parsed.GetValue(device)!, cancellation)
            : VirtualPeople.Draw(
                parsed.GetValue(media)!, parsed.GetValue(output) ?? "people.png", parsed.GetValue(augment) ?? VirtualPeople.Experiment, parsed.GetValue(portraits),
                parsed.GetValue(data)!, CommonOptions.ParseDevice(parsed.GetValue(device)!))));
        return command;
    }

    private static int Inspect(string media, string? output, int? face, VideoReading reading, string data, string device, CancellationToken cancellation)
    {
        var info = VideoInfo.Probe(media, reading: reading);
        var isPicture = info.FrameCount == 1 && File.Exists(media);
        output ??= isPicture ? "inspect.png" : "inspect.mp4";
        if (!isPicture) _ = VideoWriter.KeepsEveryPixel(output);
        else if (Path.GetExtension(output).ToLowerInvariant() is not (".png" or ".svg" or ".pdf" or ".html"))
            throw new ArgumentException($"'{output}': a picture is written as .png, .svg, .pdf or .html.");
        OutputFile.Require(output, [media, Path.Combine(data, "npm")]);
        foreach (var note in info.Notes) Console.WriteLine($"{media}: {note}");
        using var inspector = new FaceInspector(FaceStores.Networks(data), CommonOptions.ParseDevice(device));
        return isPicture ? Picture(media, output, inspector, face) : Video(info, output, inspector, face, cancellation);
    }

    private static int Picture(string media, string output, FaceInspector inspector, int? face)
    {
        var (picture, turn) = inspector.Upright(ImageFile.Read(media), media);
        if (turn != 0) HeadCrops.SayTurn(media, turn);
        var seen = inspector.Inspect(picture, face);
        new FaceInspectionFigure(picture, seen).Save(output);
        var (pitch, yaw, roll) = seen.Angles;
        Console.WriteLine(FormattableString.Invariant($"{output}: face {seen.Chosen + 1} of {seen.Boxes.Count}, score {seen.Score:0.00}, pitch {Degrees(pitch):0.0}°, yaw {Degrees(yaw):0.0}°, roll {Degrees(roll):0.0}°"));
        return 0;
    }

    private static int Video(VideoInfo info, string output, FaceInspector inspector, int? face, CancellationToken cancellation)
    {
        var media = info.File;
        using var frames = VideoFrames.Open(info);
        VideoWriter? writer = null;
        try
        {
            var found = ProgressBar.Show($"inspecting {media}", bar =>
            {
                var withFace = 0;
                foreach (var picture in frames.ReadAll())
                {
                    cancellation.ThrowIfCancellationRequested();
                    var seen = inspector.Inspect(picture, withFace == 0 ? face : null);
                    withFace += seen.HasFace ? 1 : 0;
                    var drawn = new FaceInspectionFigure(picture, seen).ToImage(scale: 2);
                    writer ??= new VideoWriter(output, drawn.Width, drawn.Height, frames.Info.Rate);
                    writer.Write(drawn);
                    bar.Update(frames.FramesRead, frames.Span.Count);
                }
                return withFace;
            });
            if (found == 0 || writer is null)
                throw NoFace(media);
            writer.Complete();
            Console.WriteLine($"{output}: {frames.FramesRead} frames, a face in {found} of them");
            return 0;
        }
        finally
        {
            writer?.Dispose();
        }
    }

    private static double Degrees(float radians) => radians * 180 / Math.PI;

    private static DataException NoFace(string media) => new(
        "no face was found", media, "Use a picture in which the face is well lit and at least a tenth of the frame.");
}
