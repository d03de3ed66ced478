using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Frames per second of animating one source: byte image in, byte image out, the source encoded once.</summary>
internal static class Inference
{
    public static int Run(int size, int frames, string precision)
    {
        var side = ModelSize.All.First(s => s.ImageSize == size);
        using var reconstructor = NeutralFaces.Reconstructor();
        using var model = PecHeadFactory.Create(
            PecHeadConfig.For(side, NeutralFaces.Setting) with { ExpressionSize = reconstructor.ExpressionSize }, seed: 1);
        Accelerator.ChannelsLast(model);
        Accelerator.ForInference(model, precision == "bf16" ? Precision.Mixed : Precision.Full);
        using var noise = TrainingSteps.Frames((2 * frames) + 1, size, 1);
        var images = Enumerable.Range(0, (2 * frames) + 1).Select(i => FrameImage.FromTensor(noise[i])).ToArray();
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var arithmetic = Accelerator.MixedPrecision(CPU, precision == "bf16" ? Precision.Mixed : Precision.Full);
        FaceFrame Frame(RgbImage image) => NeutralFaces.Batch(FrameBatch.FromImages([image], CPU), reconstructor).AsSource(reconstructor);
        var source = model.EncodeSource(Frame(images[0]));
        var seconds = new List<double>();
        foreach (var driving in images.Skip(1))
        {
            var start = Measurement.Seconds;
            using var inner = NewDisposeScope();
            FrameImage.FromTensor(model.Animate(source, Frame(driving)).Image[0]);
            seconds.Add(Measurement.Seconds - start);
        }
        return Measurement.Print(new { frame_seconds = Measurement.Summary(seconds[frames..]) });   // until then methods are compiled
    }
}
