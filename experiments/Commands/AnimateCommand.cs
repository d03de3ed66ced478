using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Training;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead animate</c>: a still picture moved by a video.</summary>
internal static class AnimateCommand
{
    public static Command Create()
    {
        var run = new Option<string>("--run") { Description = "Folder of a run.", Required = true };
        var source = new Option<string>("--source") { Description = "Picture of a face, roughly centred.", Required = true };
        var driving = new Option<string>("--driving") { Description = "Video of a face.", Required = true };
        var output = new Option<string>("--out") { Description = "The MP4 to make.", DefaultValueFactory = _ => "animation.mp4" };
        var mode = new Option<MotionMode>("--mode")
        {
            Description = "absolute: take the driving points as they are. relative: move by what they have moved since the first frame.",
            DefaultValueFactory = _ => MotionMode.Relative,
        };
        var precision = new Option<Precision>("--precision") { Description = "full: float32. mixed: brain floats in convolutions, faster.", DefaultValueFactory = _ => Precision.Mixed };
        var device = CommonOptions.Device();
        var command = new Command("animate", "Animate a source picture with a driving video.") { run, source, driving, output, mode, precision, device };
        command.SetAction((parsed, cancellation) => Task.FromResult(Animate(
            new RunFolder(parsed.GetValue(run)!), parsed.GetValue(source)!, parsed.GetValue(driving)!, parsed.GetValue(output)!,
            parsed.GetValue(mode), parsed.GetValue(precision), parsed.GetValue(device)!, cancellation)));
        return command;
    }

    private static int Animate(
        RunFolder run, string source, string driving, string output, MotionMode mode, Precision precision, string deviceText, CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText);
        using var model = TrainingCheckpoint.LoadModel(run.Checkpoint, device);
        var picture = ImageFile.ReadSquare(source, model.ImageSize);
        using var video = VideoFrames.Open(driving, new VideoFramesOptions { Crop = Crop.Centre, Size = model.ImageSize });
        using var reenactment = new Reenactment(model, picture, mode, device, precision);
        using var writer = new VideoWriter(output, model.ImageSize, model.ImageSize, video.Info.Rate);
        var frames = ProgressBar.Show($"animating {source}", bar =>
        {
            foreach (var frame in video.ReadAll())
            {
                cancellation.ThrowIfCancellationRequested();
                writer.Write(reenactment.Next(frame));
                bar.Update(video.FramesRead, video.Span.Count);
            }
            return video.FramesRead;
        });
        writer.Complete();
        Console.WriteLine($"{output}: {frames} frames");
        return 0;
    }
}
