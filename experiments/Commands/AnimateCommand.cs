using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead animate</c>: pictures that move like the face in a video.</summary>
internal static class AnimateCommand
{
    public static Command Create()
    {
        var model = ModelChoice.One();
        var source = new Option<string[]>("--source") { Description = "Picture of a face; several make a video each. With liveportrait also a video, every frame of which follows.", Required = true, AllowMultipleArgumentsPerToken = true };
        var face = FaceChoice.Option();
        var driving = new Option<string[]>("--driving")
        {
            Description = "Video of a face, or with liveportrait a file of 'pechead motion'. With --face all several can be given: they go to the faces in order, and a face without one rests.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var drivingFace = FaceChoice.Driving();
        var output = new Option<string?>("--out")
        {
            Description = "The video to make: .mp4, .mov, .webm, .gif, .mkv (every pixel kept), or a name that ends in / for a folder of PNG; a folder for several sources. "
                + "Default: animation.mp4, with --lossless animation.mkv.",
        };
        var lossless = new Option<bool>("--lossless") { Description = "Keep every pixel: FFV1 in a file that ends in .mkv." };
        var beside = new Option<bool>("--side-by-side") { Description = "Show source, driving and generated frame side by side." };
        var paste = new Option<bool>("--paste-back") { Description = "Put the face back into the whole picture." };
        var mode = MotionModes.Option();
        var reference = new Option<string>("--reference")
        {
            Description = "The driving frame that the source's own pose and expression correspond to. auto: of every shot the one nearest to the source. first: the first with a face. Or a number, from 0.",
            DefaultValueFactory = _ => "auto",
        };
        var smooth = Numbers.Number(
            "--smooth", $"Smooth the motion of the driving face over time. A strength above 0, up to {CoefficientFilter.Strongest}; 1 where none is given.",
            0, CoefficientFilter.Strongest, above: true);
        smooth.Arity = ArgumentArity.ZeroOrOne;
        var poseStrength = Numbers.Number("--pose-strength", "How far the head follows the driver: 0 not at all, 1 as the mode says, up to 1.5.", 0, AnimationOptions.MostStrength);
        var expressionStrength = Numbers.Number("--expression-strength", "How far the expression follows the driver, in the same way.", 0, AnimationOptions.MostStrength);
        var controls = new MotionControlOptions();
        var reading = new ReadingOptions();
        var precision = CommonOptions.Precision(Precision.Mixed);
        var crop = HeadCrops.Option();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("animate", "Animate a source picture with a driving video.")
        {
            model, source, face, driving, drivingFace, output, lossless, mode, poseStrength, expressionStrength, reference, smooth, crop, beside, paste, reading.Rate, reading.AllowDamaged, precision, data, device,
        };
        foreach (var option in controls.All) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(beside) && parsed.GetValue(paste))
                throw new ArgumentException("--paste-back and --side-by-side do not go together: a frame is pasted back, or shown beside others.");
            var options = new AnimationOptions
            {
                Mode = MotionModes.Parse(parsed.GetValue(mode)!),
                Smooth = parsed.GetResult(smooth) is null ? 0 : parsed.GetValue(smooth) ?? 1,
                PoseStrength = parsed.GetValue(poseStrength) ?? 1,
                ExpressionStrength = parsed.GetValue(expressionStrength) ?? 1,
                Controls = controls.Of(parsed),
                Beside = parsed.GetValue(beside),
                PasteBack = parsed.GetValue(paste),
                Reading = reading.Of(parsed),
            };
            options = parsed.GetValue(reference) switch
            {
                "auto" => options,
                "first" => options with { Reference = DrivingReference.First },
                var text when int.TryParse(text, out var frame) && frame >= 0 => options with { ReferenceFrame = frame },
                var text => throw new ArgumentException($"--reference takes auto, first or the number of a frame from 0 on, not '{text}'."),
            };
            string[] sources = parsed.GetValue(source)!;
            var outputs = Outputs(sources, parsed.GetValue(output), parsed.GetValue(lossless));
            var (inputs, folder, faces) = (parsed.GetValue(driving)!, parsed.GetValue(data)!, FaceChoice.Parse(parsed.GetValue(face)!));
            if (faces is null && sources.Length > 1) throw new ArgumentException("--face all is for one source: all of its faces move in one video.");
            if (faces is null && options.Beside) throw new ArgumentException("--face all puts the faces back into the whole picture: it does not go together with --side-by-side.");
            if (faces is not null && inputs.Length > 1) throw new ArgumentException("Several --driving go to several faces of one picture: add --face all.");
            if (sources.Length == 1) MediaKind.Require(sources[0], "picture");
            foreach (var name in outputs) OutputFile.Require(name, [.. inputs, .. sources, Path.Combine(folder, "npm")]);
            var load = new Func<TalkingHead>(() =>
            {
                var place = CommonOptions.ParseDevice(parsed.GetValue(device)!);
                FaceStores.Networks(folder);
                return TalkingHead.Load(ModelChoice.PathOf(parsed.GetValue(model)!), folder, place, parsed.GetValue(precision));
            });
            if (inputs.Any(TalkingHead.IsMotion))
            {
                if (sources.Length > 1 || inputs.Length > 1 || faces is null) throw new ArgumentException("A kept motion drives one face of one source.");
                using var recorder = load();
                return Task.FromResult(MotionAnimation.Animate(recorder, VideoInfo.Probe(sources[0]), outputs[0], faces.Value, inputs[0], null, parsed.GetValue(drivingFace), options, parsed.GetValue(crop)!, cancellation));
            }
            VideoInfo[] videos = [VideoInfo.Probe(inputs[0], reading: options.Reading)];
            // Faces of one video move at one rate: that of the first.
            videos = [.. videos, .. inputs.Skip(1).Select(input => VideoInfo.Probe(input, reading: options.Reading with { Rate = videos[0].Rate }))];
            return Task.FromResult(faces is { } number
                ? Animate(load, [.. sources.Zip(outputs)], number, videos[0], parsed.GetValue(drivingFace), options, parsed.GetValue(crop)!, cancellation)
                : GroupAnimation.Animate(load, sources[0], outputs[0], videos, parsed.GetValue(drivingFace), options, cancellation));
        });
        return command;
    }

    private static string[] Outputs(string[] sources, string? output, bool lossless)
    {
        var extension = lossless ? ".mkv" : ".mp4";
        string[] outputs = sources.Length == 1
            ? [output ?? "animation" + extension]
            : [.. sources.Select(source => Path.Combine(output ?? "animation", Path.GetFileNameWithoutExtension(source) + extension))];
        if (outputs.Distinct().Count() != outputs.Length) throw new ArgumentException("Two sources have the same name: their videos would be one file.");
        foreach (var name in outputs)
        {
            if (!VideoWriter.KeepsEveryPixel(name) && lossless)
                throw new ArgumentException($"'{name}' cannot keep every pixel: let --out end in .mkv.");
        }
        return outputs;
    }

    private static int Animate(
        Func<TalkingHead> load, (string Source, string Output)[] wanted, int face, VideoInfo video, int drivingFace, AnimationOptions options, string crop, CancellationToken cancellation)
    {
        using var head = load();
        if (head.RecordsMotion && wanted.Length == 1 && VideoInfo.Probe(wanted[0].Source) is { FrameCount: > 1 } film)
            return MotionAnimation.Animate(head, film, wanted[0].Output, face, video.File, video, drivingFace, options, crop, cancellation);
        var portraits = new List<(Portrait Source, string Output)>();
        var refused = new List<DataException>();
        foreach (var (source, output) in wanted)
        {
            try
            {
                portraits.Add((HeadCrops.Open(head, source, face, crop), output));
                if (portraits[^1].Source.Faces > 1) FaceChoice.Show(head, source, output);
            }
            catch (DataException failure) when (wanted.Length > 1)
            {
                refused.Add(failure);
            }
        }
        if (portraits.Count == 0) throw new DataException($"none of the sources can be animated. {string.Join(" ", refused.Select(failure => failure.Message))}");
        var driving = video.File;
        options = options with { Reading = HeadCrops.Upright(head, video, options.Reading) };
        options = options with { Shots = HeadCrops.OfVideo(head, driving, drivingFace, options.Reading, crop, cancellation) };
        var made = ProgressBar.Show($"animating {string.Join(", ", portraits.Select(one => one.Source.File))}", bar => head.Animate(
            portraits, driving, options, new Relay<(int Done, int Count)>(frames => bar.Update(frames.Done, frames.Count)), cancellation));
        foreach (var note in made.Notes) Console.WriteLine($"{driving}: {note}");
        Console.WriteLine(
            $"{string.Join(", ", portraits.Select(one => one.Output))}: {made.Frames} frames{(made.Missed > 0 ? $", {made.Missed} of them bridged" : "")}, {made.FramesPerSecond:0.0} frames/s");
        foreach (var failure in refused) ErrorReport.Print(failure.Message);
        return refused.Count == 0 ? 0 : 1;
    }
}
