using System.Diagnostics;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Models;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Frames per second of animating one source: byte image in, byte image out, the source encoded once.</summary>
internal static class Inference
{
    public static int Run(int size, int frames, string precision)
    {
        var side = ModelSize.All.First(s => s.ImageSize == size);
        using var model = PecHeadFactory.Create(PecHeadConfig.For(side), seed: 1);
        model.eval();
        Accelerator.ChannelsLast(model);
        using var noise = TrainingSteps.Frames(frames + 2, size, 1);
        var images = Enumerable.Range(0, frames + 2).Select(i => FrameImage.FromTensor(noise[i])).ToArray();
        using var reenactment = new Reenactment(model, images[0], MotionMode.Absolute, CPU, precision == "bf16" ? Precision.Mixed : Precision.Full);
        reenactment.Next(images[1]);
        var seconds = new List<double>();
        foreach (var driving in images.Skip(2))
        {
            var clock = Stopwatch.StartNew();
            reenactment.Next(driving);
            seconds.Add(clock.Elapsed.TotalSeconds);
        }
        return Measurement.Print(new { frame_seconds = Measurement.Summary(seconds) });
    }
}
