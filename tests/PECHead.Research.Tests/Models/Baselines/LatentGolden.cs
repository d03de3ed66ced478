using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.LatentAnimator;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Latent Image Animator beside the published code.</summary>
internal static class LatentGolden
{
    public static string[] Parts { get; } = ["gen"];

    public static void Pass(GoldenRun run)
    {
        using var model = run.Model<LatentModel>(LatentModel.Format, Parts);
        var (encoder, decoder) = (model.Encoder, model.Decoder);
        var (code, features) = encoder.Looks((2 * run.Source) - 1);
        var looks = run.Stage("wa", code);
        for (int i = 0; i < features.Count; i++) run.Stage($"feat{i}", features[i]);
        var source = run.Stage("alpha_source", encoder.Motion(looks));
        var target = run.Stage("alpha_target", encoder.Motion(encoder.Looks((2 * run.Driving) - 1).Code));
        var start = run.Stage("start.alpha", encoder.Motion(encoder.Looks((2 * run.Start) - 1).Code));
        run.Stage("Q", decoder.Directions.Basis());
        run.Stage("direction_source", decoder.Directions.call(source));
        run.Stage("direction_target", decoder.Directions.call(target));
        run.Stage("direction_start", decoder.Directions.call(start));

        var state = model.EncodeSource(new FaceFrame(run.Source)) with { Code = looks, Steps = source };
        var relative = (LatentMotion)model.Transfer(MotionMode.Relative, state, new LatentMotion(target), new LatentMotion(start));
        var steps = decoder.Explain(run.Stage("latent", looks + decoder.Directions.call(relative.Steps)), features);
        run.Stage("conv1", steps.Start);
        for (int i = 0; i < steps.Steps.Count; i++)
        {
            var (step, level) = (steps.Steps[i], $"level{8 << i}");
            run.Stage($"{level}.conv0", step.Raised);
            run.Stage($"{level}.conv1", step.Styled);
            run.Stage($"{level}.flow_raw", step.Raw);
            run.Stage($"{level}.warp", step.Warped);
            run.Stage($"{level}.mixed", step.Mixed);
            run.Stage($"{level}.rgb", step.Colours);
        }
        run.Stage("image", steps.Steps[^1].Colours);
        run.Stage("absolute.image", decoder.Explain(looks + decoder.Directions.call(target), features).Steps[^1].Colours);
        run.Stage("no_motion.image", decoder.Explain(looks, features).Steps[^1].Colours);
        run.Stage("whole.image", Whole(run, model));
    }

    // The frame as the model's contract makes it, put back into the range of the method where that has not cut it off.
    private static Tensor Whole(GoldenRun run, LatentModel model)
    {
        var source = model.EncodeSource(new FaceFrame(run.Source));
        var (driving, first) = (model.ObserveMotion(source, new FaceFrame(run.Driving)), model.ObserveMotion(source, new FaceFrame(run.Start)));
        var motion = (LatentMotion)model.Transfer(MotionMode.Relative, source, driving, first);
        var whole = model.Decoder.Explain(source.Code + model.Decoder.Directions.call(motion.Steps), source.Features).Steps[^1].Colours;
        Assert.InRange((((whole + 1) / 2).clamp(0, 1) - model.Generate(source, motion).Image).abs().max().ToDouble(), 0, 1e-6);
        return whole;
    }
}
