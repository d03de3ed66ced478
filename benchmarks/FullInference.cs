using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Propagation;
using PECHead.Research.Runtime;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Seconds a frame of the whole model: one source, encoded once; context passes from frame to frame.</summary>
internal static class FullInference
{
    public static int Run(int size, int frames, string precision, bool slim)
    {
        random.manual_seed(0);
        var setting = slim ? AblationSettings.Full with { Id = "full-slim", Propagation = PropagationKind.SlimContext } : AblationSettings.Full;
        var config = PecHeadConfig.For(ModelSize.All.First(s => s.ImageSize == size), setting) with { ExpressionSize = 28 };
        if (slim) config = config with { Motion = config.Motion with { HeadInput = MotionHeadInput.Reduced } };
        using var model = PecHeadFactory.Create(config, seed: 1);
        Accelerator.ChannelsLast(model);
        Accelerator.ForInference(model, precision == "bf16" ? Precision.Mixed : Precision.Full);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var arithmetic = Accelerator.MixedPrecision(CPU, precision == "bf16" ? Precision.Mixed : Precision.Full);
        var image = TrainingSteps.Frames(1, size, 1);
        var still = 0.8 * ((2 * rand(1, config.LandmarkCount, 2)) - 1);
        FaceFrame Frame() => new(image, new FaceState(
            new Keypoints(still + (0.02 * randn_like(still))), 0.1 * randn(1, config.PoseSize), randn(1, config.ExpressionSize)));
        FaceFrame[] driving = [.. Enumerable.Range(0, 2 * frames).Select(_ => Frame())];
        var source = model.EncodeSource(Frame());
        PropagationState? context = null;
        var seconds = new List<double>();
        foreach (var frame in driving)
        {
            var start = Measurement.Seconds;
            using var inner = NewDisposeScope();
            var generated = model.Animate(source, frame, context);
            seconds.Add(Measurement.Seconds - start);
            context?.Free();
            context = generated.Context!.DetachFromDisposeScope();
        }
        context?.Free();
        return Measurement.Print(new { frame_seconds = Measurement.Summary(seconds[frames..]) });   // until then methods are compiled
    }
}
