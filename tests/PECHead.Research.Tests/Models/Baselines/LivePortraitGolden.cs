using PECHead.Research.Acceleration;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Models.Baselines.LivePortrait;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>LivePortrait beside the authors' code: all networks, the rules of its motion, and each of the two big networks alone.</summary>
internal static class LivePortraitGolden
{
    public static string[] Parts { get; } = ["appearance_feature_extractor", "motion_extractor", "warping_module", "spade_generator", "stitching", "eye", "lip"];

    /// <summary>
    /// The rules of cropping and pasting and of rounding to bytes, which are this project's own; openings that are read off the 203 points of a network that is
    /// not here.
    /// </summary>
    public static string[] NotCompared { get; } =
    [
        "image_uint8",
        .. new[] { "source203", "106", "101", "68", "5" }.SelectMany(points => new[] { $"crop.{points}.M_o2c", $"crop.{points}.M_c2o" }),
        "crop.source203.points", "crop.source203.rect", "crop.source203.bbox", "crop.no_rotation.M_o2c", "crop.landmark_net.M_o2c", "crop.driving203.rect", "crop.driving203.bbox",
        "crop.driving_video.M_o2c", "crop.driving_video.points", "crop.image", "crop.image256", "paste.mask", "paste.result",
        .. new[] { "eye_source", "lip_source", "eye_driving", "lip_driving", "eye_combined", "lip_combined" }.Select(ratio => $"ratio.{ratio}"),
    ];

    public static void Pass(GoldenRun run)
    {
        using var model = run.Model<LivePortraitModel>(LivePortraitModel.Format, Parts);
        var volume = Appearance(run, model.Appearance);
        Backbone(run, model.Heads.Network);
        var (source, driving, start) = (Read(run, "source", model.Heads, run.Source), Read(run, "driving", model.Heads, run.Driving), Read(run, "start", model.Heads, run.Start));
        var moved = Motion(run, model, source, driving, start);
        Generate(run, model, volume, source.Points(), moved);
        Probe(run, model);
        if (run.IsStaged) Whole(run, model);
    }

    private static Tensor Appearance(GoldenRun run, AppearanceExtractor network)
    {
        var features = run.Stage("first", network.Child("first").call(run.Source));
        for (int i = 0; i < 2; i++) features = run.Stage($"down{i}", network.Child("down_blocks", i).call(features));
        features = run.Stage("second", network.Child("second").call(features));
        run.Stage("res3d0", network.Child("resblocks_3d", 0).call(features.reshape(1, 32, 16, 64, 64)));
        return run.Stage("feature_3d", network.call(run.Source));
    }

    private static void Backbone(GoldenRun run, ConvNext network)
    {
        var features = run.Stage("motion.stem", network.Child("downsample_layers", 0).call(run.Source));
        Block(run, (ConvNextBlock)network.Child("stages", 0).children().First(), features);
        for (int stage = 0; stage < ConvNext.Stages; stage++)
        {
            if (stage > 0) features = network.Child("downsample_layers", stage).call(features);
            if (stage == 2) run.Stage("motion.down2", features);
            features = run.Stage($"motion.stage{stage}", network.Child("stages", stage).call(features));
        }
        run.Stage("motion.features", network.Child("norm").call(run.Stage("motion.pooled", features.mean([2, 3]))));
    }

    private static void Block(GoldenRun run, ConvNextBlock block, Tensor input)
    {
        var features = run.Stage("motion.block0.dwconv", block.Child("dwconv").call(input)).permute(0, 2, 3, 1);
        features = run.Stage("motion.block0.norm", block.Child("norm").call(features));
        features = run.Stage("motion.block0.pwconv1", block.Child("pwconv1").call(features));
        features = run.Stage("motion.block0.grn", block.Child("grn").call(nn.functional.gelu(features)));
        run.Stage("motion.block0.pwconv2", block.Child("pwconv2").call(features));
        run.Stage("motion.block0", block.call(input));
    }

    private static ImplicitMotion Read(GoldenRun run, string name, MotionExtractor heads, Tensor frame)
    {
        var read = heads.call(frame);
        foreach (var (angle, i) in new[] { "pitch", "yaw", "roll" }.Select((angle, i) => (angle, i)))
            run.Stage($"motion_{name}.{angle}", read.Logits.select(1, i));
        Tensor Points(string what, Tensor made) => run.Stage($"motion_{name}.{what}", made.flatten(1)).reshape(1, -1, 3);
        var motion = new ImplicitMotion(
            Points("kp", read.Canonical), run.Stage($"motion_{name}.scale", read.Scale),
            run.Stage($"motion_{name}.rotation", ImplicitHead.Rotation(run.Stage($"motion_{name}.degrees", read.Degrees()))),
            Points("exp", read.Expression), run.Stage($"motion_{name}.t", read.Translation), zeros_like(read.Canonical));
        run.Stage($"kp_{name}.value", motion.Points());
        return motion;
    }

    private static Tensor Motion(GoldenRun run, LivePortraitModel model, ImplicitMotion source, ImplicitMotion driving, ImplicitMotion start)
    {
        var own = source.Points();
        foreach (var (name, region) in Regions)
        {
            run.Stage($"relative.{name}", MotionRules.Relative(region, source, driving, start).Points());
            run.Stage($"absolute.{name}", MotionRules.Absolute(region, source, driving).Points());
            run.Stage($"image_relative.{name}", MotionRules.FromNeutral(region, source, driving).Points());
        }
        foreach (var (name, first) in new[] { ("video_relative.all", start), ("video_absolute.all", null) })
            run.Stage(name, cat([.. MotionRules.OfVideo(MotionRegion.All, [source, driving, start], [start, driving, source], first, MotionControls.Standard.Smoothing).Select(motion => motion.Points())], 0));
        run.Stage("smooth.default", MotionSmoother.Smooth(run.Input("smooth.sequence"), MotionControls.Standard.Smoothing));
        run.Stage("smooth.1e-5", MotionSmoother.Smooth(run.Input("smooth.sequence"), 1e-5));
        run.Stage("image_absolute.all", MotionRules.Absolute(MotionRegion.All, source, driving).Points());
        var frame0 = run.Stage("relative.frame0", MotionRules.Relative(MotionRegion.All, source, start, start).Points());
        var (relative, absolute) = (MotionRules.Relative(MotionRegion.All, source, driving, start), MotionRules.Absolute(MotionRegion.All, source, driving));
        // Frame 0 lies on the source: its hull is the source's, and the option for expressions, which no one needs for people, changes nothing.
        var multiplier = run.Stage("relative.motion_multiplier", MotionRules.SizeRatio(own, frame0).squeeze());
        run.Stage("relative.expression_friendly", own + ((relative.Points() - frame0) * multiplier));
        run.Stage("relative.hull_multiplier", MotionRules.SizeRatio(own, driving.Points()).squeeze());
        run.Stage("relative.multiplier_1.5", MotionRules.Multiplied(own, relative.Points(), 1.5));

        run.Stage("stitching.delta", model.Stitching.call(cat([own.flatten(1), relative.Points().flatten(1)], 1)));
        var stitched = run.Stage("stitching.value", model.Stitched(own, relative).Points());
        run.Stage("stitching.multiplier_1.5", MotionRules.Multiplied(own, stitched, 1.5));
        run.Stage("retarget.eye_delta", model.Eyes.Of(own, run.Input("retarget.eye")));
        run.Stage("retarget.lip_delta", model.Lips.Of(own, run.Input("retarget.lip")));
        var openLips = run.Recorded("ratio.lip_source");
        var closed = cat([openLips, zeros_like(openLips)], 1);
        var asDriving = model.Eyes.Of(own, run.Recorded("ratio.eye_combined")) + model.Lips.Of(own, run.Recorded("ratio.lip_combined"));
        run.Stage("normalize_lip.value", stitched + model.Lips.Of(own, closed));
        run.Stage("retarget.relative", model.Stitched(own, source with { Shift = asDriving }).Points());
        run.Stage("retarget.absolute", model.Stitched(own, absolute with { Shift = asDriving }).Points());
        return stitched;
    }

    private static void Generate(GoldenRun run, LivePortraitModel model, Tensor volume, Tensor from, Tensor to)
    {
        var warping = model.WarpingNetwork;
        var compressed = run.Stage("compressed", warping.Motion.Compress(volume));
        var steps = warping.Motion.Explain(compressed, new SpatialKeypoints(from), new SpatialKeypoints(to));
        run.Stage("sparse_motion", steps.Proposals);
        run.Stage("sparse_deformed", steps.Warped);
        run.Stage("heatmap_difference", steps.Heatmaps);
        Hourglass(run, (VolumeHourglass)warping.Motion.named_children().Single(child => child.name == "hourglass").module, cat([steps.Heatmaps, steps.Warped], 2).flatten(1, 2));
        run.Stage("hourglass", steps.Features);
        run.Stage("mask_logits", warping.Motion.Child("mask").call(steps.Features));
        run.Stage("mask", steps.Mask);
        var (deformation, occlusion) = (run.Stage("deformation", steps.Deformation), run.Stage("occlusion", steps.Occlusion));
        var moved = run.Stage("warped", warping.Move(volume, deformation));
        run.Stage("third", warping.Child("third").call(moved.flatten(1, 2)));
        var seen = run.Stage("occluded", warping.Flatten(moved, occlusion));
        Decode(run, model, seen, "");
    }

    private static void Hourglass(GoldenRun run, VolumeHourglass network, Tensor input)
    {
        var (features, skips) = (input, new Stack<Tensor>());
        var down = network.named_children().Single(child => child.name == "encoder").module.children().Cast<nn.Module<Tensor, Tensor>>().ToList();
        for (int i = 0; i < down.Count; i++)
        {
            skips.Push(features);
            features = down[i].call(features);
            if (i % 2 == 0) run.Stage($"hourglass.down{i}", features);
        }
        var decoder = network.named_children().Single(child => child.name == "decoder").module;
        for (int i = 0; i < down.Count; i++)
        {
            features = decoder.Child($"{i}").call(features);
            if (i % 2 == 0) run.Stage($"hourglass.up{i}", features);
            features = cat([features, skips.Pop()], 1);
        }
    }

    private static void Decode(GoldenRun run, LivePortraitModel model, Tensor seen, string prefix)
    {
        bool isProbe = prefix.Length > 0;
        var decoder = model.Decoder;
        ModulatedBlock Block(string name) => (ModulatedBlock)decoder.named_children().Single(child => child.name == name).module;
        Tensor Stage(string name, Tensor made, bool probed = false) => !isProbe || probed ? run.Stage($"{prefix}{name}", made) : made;
        var made = Stage("fc", decoder.Child("fc").call(seen));
        if (!isProbe)
        {
            var norm = (SpatialModulation)Block("G_middle_0").named_children().Single(child => child.name == "norm_0").module;
            var modulated = run.Stage("middle0.spade", norm.call(made, seen));
            run.Stage("middle0.conv_0", Block("G_middle_0").Child("conv_0").call(nn.functional.leaky_relu(modulated, 0.2)));
        }
        for (int i = 0; i < 6; i++)
        {
            made = Block($"G_middle_{i}").call(made, seen);
            if (i is 0 or 5) Stage($"middle{i}", made, probed: true);
        }
        for (int i = 0; i < 2; i++)
            made = Stage($"up{i}", Block($"up_{i}").call(nn.functional.interpolate(made, scale_factor: [2, 2], mode: InterpolationMode.Nearest), seen), probed: i == 1);
        var last = nn.functional.leaky_relu(made, 0.2);
        Stage("conv_img", decoder.Child("conv_img", 0).call(last));
        var logits = Stage("logits", decoder.Child("conv_img").call(last));
        Stage("image", logits.sigmoid(), probed: true);
    }

    // Each of the two big networks on inputs of the formula, so that no error of the one reaches the other.
    private static void Probe(GoldenRun run, LivePortraitModel model)
    {
        var warping = model.WarpingNetwork;
        var volume = run.Drawn("probe", "feature_3d", 1, 32, 16, 64, 64);
        var steps = warping.Motion.Explain(
            warping.Motion.Compress(volume), new SpatialKeypoints(run.Recorded("kp_source.value")), new SpatialKeypoints(run.Recorded("stitching.value")));
        run.Stage("probe.deformation", steps.Deformation);
        run.Stage("probe.occlusion", steps.Occlusion);
        run.Stage("probe.occluded", warping.Flatten(warping.Move(volume, steps.Deformation), steps.Occlusion));
        Decode(run, model, run.Drawn("probe", "decoder", 1, 256, 64, 64), "probe.");
    }

    /// <summary>The frame by the model's contract, and the decoder alone, in the form for inference.</summary>
    public static void PassForInference(GoldenRun run)
    {
        using var model = run.Model<LivePortraitModel>(LivePortraitModel.Format, Parts);
        Accelerator.ForInference(model, Precision.Full);
        Whole(run, model);
        run.Stage("probe.image", model.Decode(run.Drawn("probe", "decoder", 1, 256, 64, 64)));
    }

    // The same frame by the model's contract.
    private static void Whole(GoldenRun run, LivePortraitModel model)
    {
        var source = model.EncodeSource(new FaceFrame(run.Source));
        var (driving, start) = (model.Heads.call(run.Driving).Motion(), model.Heads.call(run.Start).Motion());
        run.Stage("image", model.Generate(source, model.Transfer(MotionMode.Relative, source, driving, start)).Image);
    }

    private static IEnumerable<(string Name, MotionRegion Region)> Regions =>
        [("all", MotionRegion.All), ("exp", MotionRegion.Expression), ("pose", MotionRegion.Pose), ("lip", MotionRegion.Lips), ("eyes", MotionRegion.Eyes)];
}
