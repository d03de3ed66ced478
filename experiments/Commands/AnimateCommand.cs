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
        var source = new Option<string[]>("--source") { Description = "Picture of a face; several make a video each.", Required = true, AllowMultipleArgumentsPerToken = true };
        var face = new Option<int>("--face") { Description = "Which face of a picture with several, 1 for the largest.", DefaultValueFactory = _ => 1 };
        var driving = new Option<string>("--driving") { Description = "Video of a face.", Required = true };
        var output = new Option<string?>("--out")
        {
            Description = "The video to make, or a folder for several sources. Default: animation.mp4, with --lossless animation.mkv.",
        };
        var lossless = new Option<bool>("--lossless") { Description = "Keep every pixel: FFV1 in a file that ends in .mkv." };
        var beside = new Option<bool>("--side-by-side") { Description = "Show source, driving and generated frame side by side." };
        var paste = new Option<bool>("--paste-back") { Description = "Put the face back into the whole picture." };
        var mode = MotionModes.Option();
        var smooth = new Option<double?>("--smooth")
        {
            Description = $"Steady the face of the video, which otherwise trembles as it is found. A strength above 0, up to {CoefficientFilter.Strongest}; 1 where none is given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var precision = CommonOptions.Precision(Precision.Mixed);
        var crop = HeadCrops.Option();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("animate", "Animate a source picture with a driving video.")
        {
            model, source, face, driving, output, lossless, mode, smooth, crop, beside, paste, precision, data, device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new AnimationOptions
            {
                Mode = MotionModes.Parse(parsed.GetValue(mode)!),
                Smooth = parsed.GetResult(smooth) is null ? 0 : Strength(parsed.GetValue(smooth) ?? 1),
                Beside = parsed.GetValue(beside),
                PasteBack = parsed.GetValue(paste),
            };
            return Task.FromResult(Animate(
                parsed.GetValue(model)!, parsed.GetValue(source)!, parsed.GetValue(face), parsed.GetValue(driving)!, parsed.GetValue(output),
                parsed.GetValue(lossless), options, parsed.GetValue(crop)!, parsed.GetValue(precision), parsed.GetValue(data)!, parsed.GetValue(device)!, cancellation));
        });
        return command;
    }

    private static int Animate(
        string model, string[] sources, int face, string driving, string? output, bool lossless, AnimationOptions options, string crop, Precision precision, string data,
        string deviceText, CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText);
        var extension = lossless ? ".mkv" : ".mp4";
        string[] outputs = sources.Length == 1
            ? [output ?? "animation" + extension]
            : [.. sources.Select(source => Path.Combine(output ?? "animation", Path.GetFileNameWithoutExtension(source) + extension))];
        if (outputs.Distinct().Count() != outputs.Length) throw new ArgumentException("Two sources have the same name: their videos would be one file.");
        if (lossless && outputs.FirstOrDefault(name => !VideoWriter.KeepsEveryPixel(name)) is { } lossy)
            throw new ArgumentException($"'{lossy}' cannot keep every pixel: let --out end in .mkv.");
        FaceStores.Networks(data);
        using var head = TalkingHead.Load(ModelChoice.PathOf(model), data, device, precision);
        var portraits = sources.Select(source => HeadCrops.Open(head, source, face, crop)).ToList();
        options = options with { DrivingCrop = HeadCrops.OfVideo(head, driving, crop, cancellation) };
        var made = ProgressBar.Show($"animating {string.Join(", ", sources)}", bar => head.Animate(
            [.. portraits.Zip(outputs)], driving, options, new Relay<(int Done, int Count)>(frames => bar.Update(frames.Done, frames.Count)), cancellation));
        Console.WriteLine(
            $"{string.Join(", ", outputs)}: {made.Frames} frames{(made.Missed > 0 ? $", {made.Missed} of them without a face" : "")}, {made.FramesPerSecond:0.0} frames/s");
        return 0;
    }

    private static double Strength(double smooth) => smooth is > 0 and <= CoefficientFilter.Strongest
        ? smooth
        : throw new ArgumentException($"--smooth takes a strength above 0, up to {CoefficientFilter.Strongest}; leave it out for none.");
}
