using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead animate</c>: a still picture moved by a video.</summary>
internal static class AnimateCommand
{
    public static Command Create()
    {
        var run = new Option<string>("--run") { Description = "Folder of a run.", Required = true };
        var source = new Option<string>("--source") { Description = "Picture of a face, of any size.", Required = true };
        var driving = new Option<string>("--driving") { Description = "Video of a face.", Required = true };
        var output = new Option<string>("--out") { Description = "The MP4 to make.", DefaultValueFactory = _ => "animation.mp4" };
        var mode = new Option<string>("--mode")
        {
            Description = "absolute: pose and expression as they are in the video. relative: what has changed of them since its first frame. pose-only, expression-only: of one of them.",
            DefaultValueFactory = _ => "relative",
        };
        mode.AcceptOnlyFromAmong("absolute", "relative", "pose-only", "expression-only");
        var precision = new Option<Precision>("--precision") { Description = "full: float32. mixed: brain floats in convolutions, faster.", DefaultValueFactory = _ => Precision.Mixed };
        var crop = HeadCrops.Option();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("animate", "Animate a source picture with a driving video.") { run, source, driving, output, mode, crop, precision, data, device };
        command.SetAction((parsed, cancellation) => Task.FromResult(Animate(
            new RunFolder(parsed.GetValue(run)!), parsed.GetValue(source)!, parsed.GetValue(driving)!, parsed.GetValue(output)!,
            Enum.Parse<MotionMode>(parsed.GetValue(mode)!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true), parsed.GetValue(crop)!, parsed.GetValue(precision), parsed.GetValue(data)!, parsed.GetValue(device)!, cancellation)));
        return command;
    }

    private static int Animate(
        RunFolder run, string source, string driving, string output, MotionMode mode, string crop, Precision precision, string data, string deviceText, CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText);
        var (config, _) = TrainingCheckpoint.ReadHeader(run.Checkpoint);
        using var model = TrainingCheckpoint.LoadModel(run.Checkpoint, device);
        using var reconstructor = FaceStores.Reconstructor(config.Reconstructor, data, device);
        var squares = HeadCrops.Find(crop, [source, driving], data, device, cancellation);
        var picture = ImageFile.ReadSquare(source, model.ImageSize, squares[0]);
        using var video = VideoFrames.Open(driving, new VideoFramesOptions { Crop = squares[1], Size = model.ImageSize });
        using var reenactment = new Reenactment(model, reconstructor, picture, device, precision);
        using var motion = new DrivenMotion(mode, reenactment.Source);
        using var writer = new VideoWriter(output, model.ImageSize, model.ImageSize, video.Info.Rate);
        var frames = ProgressBar.Show($"animating {source}", bar =>
        {
            foreach (var frame in video.ReadAll())
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var observed = reenactment.Observe(frame);
                writer.Write(reenactment.Next(motion.Next(observed.Coefficients), observed.Image));
                bar.Update(video.FramesRead, video.Span.Count);
            }
            return video.FramesRead;
        });
        writer.Complete();
        Console.WriteLine($"{output}: {frames} frames{(motion.Missed > 0 ? $", {motion.Missed} of them without a face" : "")}");
        return 0;
    }
}
