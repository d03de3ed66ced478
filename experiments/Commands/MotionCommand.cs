using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead motion</c>: the motion of a driver, kept in a file that drives without the video.</summary>
internal static class MotionCommand
{
    public static Command Create()
    {
        var driving = new Argument<string>("driving") { Description = "Video of a face." };
        var model = ModelChoice.One();
        var drivingFace = FaceChoice.Driving();
        var output = new Option<string>("--out") { Description = "The file to make, .safetensors.", DefaultValueFactory = _ => "motion.safetensors" };
        var reading = new ReadingOptions();
        var crop = HeadCrops.Option();
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("motion", "Keep the motion of a driving video in a file, for 'pechead animate --driving FILE' (liveportrait).")
        {
            driving, model, drivingFace, output, crop, reading.Rate, reading.AllowDamaged, data, device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var (input, made, folder) = (parsed.GetValue(driving)!, parsed.GetValue(output)!, parsed.GetValue(data)!);
            OutputFile.Require(made, [input, Path.Combine(folder, "npm")]);
            var video = VideoInfo.Probe(input, reading: reading.Of(parsed));
            FaceStores.Networks(folder);
            using var head = TalkingHead.Load(ModelChoice.PathOf(parsed.GetValue(model)!), folder, CommonOptions.ParseDevice(parsed.GetValue(device)!));
            var read = HeadCrops.Upright(head, video, reading.Of(parsed));
            var options = new AnimationOptions { Reading = read, Shots = HeadCrops.OfVideo(head, input, parsed.GetValue(drivingFace), read, parsed.GetValue(crop)!, cancellation) };
            var frames = ProgressBar.Show($"reading the motion of {input}", bar => head.RecordMotion(
                input, made, options, new Relay<(int Done, int Count)>(done => bar.Update(done.Done, done.Count)), cancellation));
            Console.WriteLine($"{made}: the motion of {frames} frames");
            return Task.FromResult(0);
        });
        return command;
    }
}
