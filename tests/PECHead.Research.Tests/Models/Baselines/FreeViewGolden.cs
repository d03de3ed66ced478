using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FreeView;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>One-Shot Free-View beside the public re-implementation: both generators, both detectors.</summary>
internal static class FreeViewGolden
{
    public static string[] Parts { get; } = ["generator", "kp_detector", "he_estimator"];

    public static string[] Variant { get; } = ["generator@original", "kp_detector@beta", "he_estimator"];

    /// <summary>What only training uses, and a rotation that the public code does not call.</summary>
    public static string[] NotCompared { get; } =
    [
        "he_source.rotation_beta", "equivariance.transformed_value", "equivariance.loss_value", "loss.keypoint", "loss.expression",
        .. Enumerable.Range(0, 4).Select(i => $"discriminator.feature{i}"), "discriminator.prediction",
    ];

    public static void Pass(GoldenRun run)
    {
        Tensor canonical;
        SpatialKeypoints from, to;
        using (var model = run.Model<FreeViewModel>(FreeViewModel.Format, Parts))
        {
            canonical = Detect(run, model.Detector);
            HeadNetwork(run, model.Heads);
            var (source, driving, start) = (Read(run, "he_source", model.Heads, run.Source), Read(run, "he_driving", model.Heads, run.Driving), Read(run, "he_start", model.Heads, run.Start));
            from = new SpatialKeypoints(run.Stage("kp_source.value", source.Place(canonical).Positions));
            to = new SpatialKeypoints(run.Stage("kp_driving.value", driving.Place(canonical).Positions));
            run.Stage("free_view.value", (driving with { Degrees = stack([full_like(driving.Degrees[.., 0], 20), driving.Degrees[.., 1], full_like(driving.Degrees[.., 2], -10)], 1) }).Place(canonical).Positions);
            var first = new SpatialKeypoints(run.Stage("relative.initial_value", start.Place(canonical).Positions));
            run.Stage("relative.value", SpatialKeypoints.Relative(from, to, first, scaled: true).Positions);
            Generate(run, model.Generator, from, to);
            if (run.IsStaged) Whole(run, model);
        }
        using (var model = run.Model<FreeViewModel>(FreeViewModel.Format, Variant))
        {
            run.Stage("canonical_beta.value", model.Detector.call(run.Source));
            GenerateOriginal(run, model.Generator, from, to);
        }
        run.Pyramids();
    }

    private static Tensor Detect(GoldenRun run, CanonicalDetector detector)
    {
        var hourglass = detector.Child("predictor");
        var down = run.Stage("canonical.down", detector.Child("down").call(run.Source));
        var conv = run.Stage("canonical.conv", hourglass.Child("conv").call(run.Stage("canonical.encoded", hourglass.Child("down_blocks").call(down))));
        var up = run.Stage("canonical.up", hourglass.Child("up_blocks").call(conv.reshape(1, 1024, 16, 2, 2)));
        var logits = run.Stage("canonical.logits", detector.Child("kp").call(up));
        var heatmaps = run.Stage("canonical.heatmap", CanonicalDetector.Heatmaps(logits));
        return run.Stage("canonical.value", CanonicalDetector.Locate(heatmaps));
    }

    private static void HeadNetwork(GoldenRun run, HeadEstimator heads)
    {
        Tensor Through(Tensor features, int conv) => heads.Child($"norm{conv}").call(heads.Child($"conv{conv}").call(features));
        var features = run.Stage("he.norm1", Through(run.Source, 1)).relu();
        features = run.Stage("he.block1", heads.Child("block1").call(Through(nn.functional.max_pool2d(features, 3, 2, 1), 2).relu()));
        features = run.Stage("he.block2", heads.Child("block2").call(Through(features, 3).relu()));
        features = run.Stage("he.block4", heads.Child("block4").call(Through(heads.Child("block3").call(features), 4).relu()));
        features = run.Stage("he.block6", heads.Child("block6").call(Through(heads.Child("block5").call(features), 5).relu()));
        run.Stage("he.block7", heads.Child("block7").call(features));
    }

    private static HeadReading Read(GoldenRun run, string name, HeadEstimator heads, Tensor frame)
    {
        var read = heads.call(frame);
        foreach (var (angle, i) in new[] { "yaw", "pitch", "roll" }.Select((angle, i) => (angle, i)))
            run.Stage($"{name}.{angle}", read.Logits.select(1, i));
        var made = read with
        {
            Degrees = run.Stage($"{name}.degrees", read.Degrees),
            Translation = run.Stage($"{name}.t", read.Translation),
            Expression = run.Stage($"{name}.exp", read.Expression.flatten(1)).reshape(1, -1, 3),
        };
        run.Stage($"{name}.rotation", made.Rotation());
        return made;
    }

    private static void Generate(GoldenRun run, FreeViewGenerator generator, SpatialKeypoints from, SpatialKeypoints to)
    {
        var features = run.Stage("first", generator.Child("first").call(run.Source));
        features = run.Stage("down", generator.Child("down_blocks", 1).call(generator.Child("down_blocks", 0).call(features)));
        run.Stage("second", generator.Child("second").call(features));
        var volume = run.Stage("feature_3d", generator.Encode(run.Source));
        var compressed = run.Stage("compressed", generator.Motion.Compress(volume));
        var steps = generator.Motion.Explain(compressed, from, to);
        run.Stage("sparse_motion", steps.Proposals);
        run.Stage("sparse_deformed", steps.Warped);
        run.Stage("heatmap_difference", steps.Heatmaps);
        run.Stage("hourglass", steps.Features);
        run.Stage("mask", steps.Mask);
        var deformation = run.Stage("deformation", steps.Deformation);
        var occlusion = run.Stage("occlusion", steps.Occlusion);
        var moved = run.Stage("warped", generator.Move(volume, deformation));
        run.Stage("third", generator.Child("third").call(moved.flatten(1, 2)));
        var seen = run.Stage("occluded", generator.Flatten(moved, occlusion));

        var decoder = (ModulatedDecoder)generator.Child("decoder");
        ModulatedBlock Block(string name) => (ModulatedBlock)decoder.named_children().Single(child => child.name == name).module;
        var made = run.Stage("fc", decoder.Child("fc").call(seen));
        for (int i = 0; i < 6; i++)
        {
            made = Block($"G_middle_{i}").call(made, seen);
            if (i is 0 or 5) run.Stage($"middle{i}", made);
        }
        for (int i = 0; i < 2; i++)
            made = run.Stage($"up{i}", Block($"up_{i}").call(nn.functional.interpolate(made, scale_factor: [2, 2], mode: InterpolationMode.Nearest), seen));
        var logits = run.Stage("logits", decoder.Child("conv_img").call(nn.functional.leaky_relu(made, 0.2)));
        run.Stage("prediction", logits.sigmoid());
    }

    private static void GenerateOriginal(GoldenRun run, FreeViewGenerator generator, SpatialKeypoints from, SpatialKeypoints to)
    {
        var volume = run.Stage("original.feature_3d", generator.Encode(run.Source));
        var steps = generator.Motion.Explain(generator.Motion.Compress(volume), from, to);
        run.Stage("original.mask", steps.Mask);
        var moved = run.Stage("original.warped", generator.Move(volume, run.Stage("original.deformation", steps.Deformation)));
        run.Stage("original.third", generator.Child("third").call(moved.flatten(1, 2)));
        var features = run.Stage("original.occluded", generator.Flatten(moved, run.Stage("original.occlusion", steps.Occlusion)));
        var made = run.Stage("original.res2d", generator.Child("resblocks_2d").call(features));
        for (int i = 0; i < 2; i++)
            made = run.Stage($"original.up{i}", generator.Child("up_blocks", i).call(made));
        run.Stage("original.logits", generator.Child("final").call(made));
        run.Stage("original.prediction", generator.Decode(features).sigmoid());
    }

    // The same frame by the model's contract.
    private static void Whole(GoldenRun run, FreeViewModel model)
    {
        var source = model.EncodeSource(new FaceFrame(run.Source));
        var driving = model.ObserveMotion(source, new FaceFrame(run.Driving));
        run.Stage("prediction", model.Generate(source, model.Transfer(MotionMode.Absolute, source, driving, driving)).Image);
    }
}
