using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Training;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead animate</c>: a still picture moved by a video.</summary>
internal static class AnimateCommand
{
    public static Command Create()
    {
        var model = new ModelChoice();
        var source = new Option<string[]>("--source") { Description = "Picture of a face, of any size; of several, each makes a video.", Required = true, AllowMultipleArgumentsPerToken = true };
        var face = new Option<int>("--face") { Description = "Which face of a source with several, 1 for the largest.", DefaultValueFactory = _ => 1 };
        var driving = new Option<string>("--driving") { Description = "Video of a face.", Required = true };
        var output = new Option<string>("--out") { Description = "The MP4 to make; with several sources, the folder of <source>.mp4.", DefaultValueFactory = _ => "animation.mp4" };
        var beside = new Option<bool>("--side-by-side") { Description = "Show source, driving and generated frame side by side." };
        var paste = new Option<bool>("--paste-back") { Description = "Put the face back into the whole picture, with a soft edge." };
        var mode = new Option<string>("--mode")
        {
            Description = "absolute: pose and expression as they are in the video. relative: what has changed of them since its first frame. pose-only, expression-only: of one of them.",
            DefaultValueFactory = _ => "relative",
        };
        mode.AcceptOnlyFromAmong("absolute", "relative", "pose-only", "expression-only");
        var smooth = new Option<double?>("--smooth")
        {
            Description = $"Steady the face of the video, which otherwise trembles as it is found. A strength above 0, up to {CoefficientFilter.Strongest}; 1 where none is given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var precision = CommonOptions.Precision(Precision.Mixed);
        var crop = HeadCrops.Option();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("animate", "Animate a source picture with a driving video.") { source, face, driving, output, mode, smooth, crop, beside, paste, precision, data, device };
        model.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var strength = parsed.GetResult(smooth) is null ? 0 : Strength(parsed.GetValue(smooth) ?? 1);
            return Task.FromResult(Animate(
                model.Of(parsed), parsed.GetValue(source)!, parsed.GetValue(face), parsed.GetValue(driving)!, parsed.GetValue(output)!,
                Enum.Parse<MotionMode>(parsed.GetValue(mode)!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true), strength,
                parsed.GetValue(crop)!, parsed.GetValue(beside), parsed.GetValue(paste), parsed.GetValue(precision), parsed.GetValue(data)!, parsed.GetValue(device)!, cancellation));
        });
        return command;
    }

    private static int Animate(
        RunFolder run, string[] sources, int face, string driving, string output, MotionMode mode, double smooth, string crop, bool beside, bool pasteBack, Precision precision, string data, string deviceText,
        CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText);
        var (config, _) = TrainingCheckpoint.ReadHeader(run.Checkpoint);
        using var model = TrainingCheckpoint.LoadModel(run.Checkpoint, device);
        using var reconstructor = FaceStores.Reconstructor(config.Reconstructor, data, device);
        var squares = HeadCrops.FindPortraits(crop, sources, face, data, device);
        using var video = VideoFrames.Open(driving, new VideoFramesOptions { Crop = HeadCrops.Find(crop, [driving], data, device, cancellation)[0], Size = model.ImageSize });
        string[] outputs = sources.Length == 1 ? [output] : [.. sources.Select(source => Path.Combine(output, Path.GetFileNameWithoutExtension(source) + ".mp4"))];
        if (outputs.Distinct().Count() != outputs.Length) throw new ArgumentException("Two sources have the same name: their videos would be one file.");
        var animated = new List<AnimatedSource>();
        try
        {
            foreach (var (source, file, square) in sources.Zip(outputs, squares))
            {
                var picture = ImageFile.ReadSquare(source, model.ImageSize, square);
                animated.Add(new AnimatedSource(new Reenactment(model, reconstructor, picture, device, precision), file)
                {
                    Beside = beside ? picture : null,
                    Paste = pasteBack ? Paste(source, square) : null,
                });
            }
            var made = ProgressBar.Show($"animating {string.Join(", ", sources)}", bar => VideoAnimation.Write(
                animated, video, mode, smooth, new Relay<int>(done => bar.Update(done, video.Span.Count)), cancellation));
            Console.WriteLine(
                $"{string.Join(", ", outputs)}: {made.Frames} frames{(made.Missed > 0 ? $", {made.Missed} of them without a face" : "")}, {made.FramesPerSecond:0.0} frames/s");
        }
        finally
        {
            foreach (var source in animated) source.Reenactment.Dispose();
        }
        return 0;
    }

    private static double Strength(double smooth) => smooth is > 0 and <= CoefficientFilter.Strongest
        ? smooth
        : throw new ArgumentException($"--smooth takes a strength above 0, up to {CoefficientFilter.Strongest}; leave it out for none.");

    private static FacePaste Paste(string source, Crop square)
    {
        var whole = ImageFile.Read(source);
        return new FacePaste(whole, square.Resolve(whole.Width, whole.Height));
    }
}
