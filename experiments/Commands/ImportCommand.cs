using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models.Baselines.FirstOrder;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead import</c>: published checkpoints of other models, read without running anything in them.</summary>
internal static class ImportCommand
{
    private const string Original = "original";
    private const string Later = "later";

    public static Command Create() => new("import", "Published checkpoints of other models.") { FirstOrder() };

    private static Command FirstOrder()
    {
        var file = new Argument<string>("file") { Description = "vox-256.pth.tar or the like, in either layout of PyTorch, or as safetensors." };
        var output = new Option<string?>("--out") { Description = "The safetensors file to make. Default: beside the published one." };
        var convention = new Option<string>("--convention")
        {
            Description = $"{Original}: sample as the weights were trained. {Later}: as the published code does on PyTorch 1.4 and later.",
            DefaultValueFactory = _ => Original,
        };
        convention.AcceptOnlyFromAmong(Original, Later);
        var source = new Option<string?>("--source") { Description = "Picture of a face to animate at once; needs --driving." };
        var driving = new Option<string?>("--driving") { Description = "Video of a face; needs --source." };
        var video = new Option<string>("--video") { Description = "The MP4 to make of them.", DefaultValueFactory = _ => "first-order.mp4" };
        var device = CommonOptions.Device();
        var command = new Command("fomm", "First Order Motion Model: check, convert, and try it on a picture and a video.")
        {
            file, output, convention, source, driving, video, device,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Import(
            parsed.GetValue(file)!, parsed.GetValue(output), parsed.GetValue(convention) == Original, parsed.GetValue(source),
            parsed.GetValue(driving), parsed.GetValue(video)!, parsed.GetValue(device)!, cancellation)));
        return command;
    }

    private static int Import(
        string file, string? output, bool alignCorners, string? source, string? driving, string video, string deviceText, CancellationToken cancellation)
    {
        if (!File.Exists(file)) throw new DataException("no such file", file, "Name the published checkpoint.");
        if (source is null != driving is null) throw new ArgumentException("--source and --driving go together.");
        var device = CommonOptions.ParseDevice(deviceText);
        using var model = FirstOrderWeights.Load(file, alignCorners);
        var target = output ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, $"{Path.GetFileName(file).Split('.')[0]}.first-order.safetensors");
        FirstOrderWeights.Save(target, model);
        Console.WriteLine(
            $"{target}: First Order Motion Model, {model.Config.ImageSize} px, {model.Config.KeypointCount} keypoints, "
            + $"{model.parameters().Sum(parameter => parameter.numel()):N0} parameters");
        if (source is not null) Animate(model, source, driving!, video, device, cancellation);
        return 0;
    }

    private static void Animate(FirstOrderModel model, string source, string driving, string output, Device device, CancellationToken cancellation)
    {
        model.to(device);
        var picture = ImageFile.ReadSquare(source, model.Config.ImageSize);
        using var frames = VideoFrames.Open(driving, new VideoFramesOptions { Crop = Crop.Centre, Size = model.Config.ImageSize });
        using var reenactment = new FirstOrderReenactment(model, picture, device);
        using var writer = new VideoWriter(output, model.Config.ImageSize, model.Config.ImageSize, frames.Info.Rate);
        ProgressBar.Show($"animating {source}", bar =>
        {
            foreach (var frame in frames.ReadAll())
            {
                cancellation.ThrowIfCancellationRequested();
                writer.Write(reenactment.Next(frame));
                bar.Update(frames.FramesRead, frames.Span.Count);
            }
            return frames.FramesRead;
        });
        writer.Complete();
        Console.WriteLine($"{output}: {frames.FramesRead} frames");
    }
}
