using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.DepthAware;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Depth-Aware GAN beside the published code: both depth networks, both decoders.</summary>
internal static class DepthAwareGolden
{
    public static string[] Parts { get; } = ["generator", "kp_detector", "depth_encoder", "depth_decoder"];

    public static string[] Variant { get; } = ["generator@spade", "kp_detector", "depth_encoder@50", "depth_decoder@50"];

    /// <summary>What only training uses: the discriminator, and the affine part of the term of equivariance.</summary>
    public static string[] NotCompared { get; } =
    [
        "equivariance.transform_jacobian", "equivariance.loss_jacobian", .. Enumerable.Range(0, 4).Select(i => $"discriminator.feature{i}"), "discriminator.prediction",
    ];

    public static void Pass(GoldenRun run)
    {
        // Recorded keypoints are rounded to single precision, which the steep features of random weights enlarge: decoders go on from those that were made.
        (AffineKeypoints Recorded, AffineKeypoints Made) from, to;
        Tensor disparity;
        using (var model = run.Model<DepthAwareModel>(DepthAwareModel.Format, Parts))
        {
            disparity = Depth(run, model);
            from = Detect(run, model, disparity);
            var driven = run.Stage("depth_driving.disp0", model.Disparity(run.Driving));
            to = Read(run, "kp_driving", model.Detector, cat([run.Driving, driven], 1));
            Generate(run, model.Generator, disparity, from, to);
            Relative(run, model);
            Equivariance(run, model, to.Recorded);
        }
        using (var model = run.Model<DepthAwareModel>(DepthAwareModel.Format, Variant))
        {
            run.Stage("depth50_source.disp0", model.Disparity(run.Source));
            GenerateModulated(run, model.Generator, disparity, from.Made, to.Made);
        }
        run.Pyramids();
    }

    private static Tensor Depth(GoldenRun run, DepthAwareModel model)
    {
        var maps = model.DepthEncoder.Encode(run.Source);
        for (int i = 0; i < maps.Count; i++) run.Stage($"depth_source.feature{i}", maps[i]);
        var made = model.DepthDecoder.Disparities(maps);
        for (int i = 1; i < made.Count; i++) run.Stage($"depth_source.disp{i}", made[i]);
        return run.Stage("depth_source.disp0", made[0]);
    }

    private static (AffineKeypoints Recorded, AffineKeypoints Made) Detect(GoldenRun run, DepthAwareModel model, Tensor disparity)
    {
        var detector = model.Detector;
        var down = run.Stage("kp_source.down", detector.Child("downsample").call(cat([run.Source, disparity], 1)));
        var features = run.Stage("kp_source.feature", detector.Child("hourglass").call(down));
        run.Stage("kp_source.logits", detector.Child("heatmap").call(features));
        return Read(run, "kp_source", detector, cat([run.Source, disparity], 1));
    }

    private static (AffineKeypoints Recorded, AffineKeypoints Made) Read(GoldenRun run, string name, FirstOrderDetector detector, Tensor seen)
    {
        var features = detector.Features(seen);
        var points = detector.Read(features, run.Stage($"{name}.heatmap", detector.Heatmaps(features)));
        return (new AffineKeypoints(run.Stage($"{name}.value", points.Positions.alias()), run.Stage($"{name}.jacobian", points.Jacobians.alias())), points);
    }

    private static void Generate(GoldenRun run, DepthAwareGenerator generator, Tensor disparity, (AffineKeypoints Recorded, AffineKeypoints Made) from, (AffineKeypoints Recorded, AffineKeypoints Made) to)
    {
        using var scope = NewDisposeScope();
        var reduced = generator.Motion.Reduce(run.Source);
        var steps = generator.Motion.Explain(reduced, from.Recorded, to.Recorded);
        run.Stage("heatmap_difference", steps.Heatmaps.unsqueeze(2));
        run.Stage("sparse_motion", steps.Proposals);
        run.Stage("sparse_deformed", steps.Warped);
        run.Stage("hourglass", steps.Motion.Features);
        run.Stage("mask", steps.Mask);
        var motion = new MotionField(run.Stage("deformation", steps.Motion.Deformation), run.Stage("occlusion", steps.Motion.Occlusion), steps.Motion.Features);
        run.Stage("first", generator.Child("first").call(run.Source));
        var encoded = run.Stage("down", generator.Encode(run.Source));
        var depth = run.Stage("depth_feature", generator.EncodeDepth(disparity));
        var warped = run.Stage("warped", generator.Move(encoded, motion.Deformation));
        run.Stage("attention", generator.Attention.Weights(depth, warped * motion.Occlusion));
        run.Stage("attended", generator.Attend(encoded, depth, motion));
        run.Stage("deformed", generator.Move(run.Source, motion.Deformation));
        var made = run.IsStaged ? generator.Motion.Explain(reduced, from.Made, to.Made).Motion : steps.Motion;
        var attended = generator.Attend(encoded, depth, made);
        var features = attended;
        for (int i = 0; i < 6; i++) features = generator.Child("bottleneck", i).call(features);
        run.Stage("bottleneck", features);
        for (int i = 0; i < 2; i++) features = run.Stage($"up{i}", generator.Child("up", i).call(features));
        run.Stage("final_logits", generator.Child("final").call(features));
        run.Stage("prediction", generator.Decode(attended, run.Source, made));
    }

    private static void GenerateModulated(GoldenRun run, DepthAwareGenerator generator, Tensor disparity, AffineKeypoints from, AffineKeypoints to)
    {
        using var scope = NewDisposeScope();
        var motion = generator.Motion.Explain(generator.Motion.Reduce(run.Source), from, to).Motion;
        run.Stage("spade.deformation", motion.Deformation);
        run.Stage("spade.occlusion", motion.Occlusion);
        var attended = run.Stage("spade.attended", generator.Attend(generator.Encode(run.Source), generator.EncodeDepth(disparity), motion));
        var decoder = (MovedSourceDecoder)generator.named_children().Single(child => child.name == "decoder").module;
        ModulatedBlock Block(string name) => (ModulatedBlock)decoder.named_children().Single(child => child.name == name).module;
        run.Stage("spade.compress", decoder.Child("compress").call(attended));
        var map = decoder.Map(attended, generator.Show(run.Source, motion));
        var made = run.Stage("spade.fc", decoder.Child("fc").call(attended));
        for (int i = 0; i < 3; i++)
        {
            made = Block($"G_middle_{i}").call(made, map);
            if (i != 1) run.Stage($"spade.middle{i}", made);
        }
        for (int i = 0; i < 2; i++) made = run.Stage($"spade.up{i}", Block($"up_{i}").call(Upsampling.Nearest(made), map));
        run.Stage("spade.logits", decoder.Child("conv_img").call(nn.functional.leaky_relu(made, 0.2)));
        run.Stage("spade.prediction", generator.Decode(attended, run.Source, motion));
    }

    private static void Relative(GoldenRun run, DepthAwareModel model)
    {
        using var scope = NewDisposeScope();
        var source = model.EncodeSource(new FaceFrame(run.Source));
        var (driving, first) = (model.ObserveMotion(source, new FaceFrame(run.Driving)), model.ObserveMotion(source, new FaceFrame(run.Start)));
        run.Stage("relative.initial_value", first.Positions);
        var relative = (AffineKeypoints)model.Transfer(MotionMode.Relative, source, driving, first);
        run.Stage("relative.value", relative.Positions);
        run.Stage("relative.jacobian", relative.Jacobians);
        run.Stage("relative.prediction", model.Generate(source, relative).Image);
        if (run.IsStaged) run.Stage("prediction", model.Generate(source, model.Transfer(MotionMode.Absolute, source, driving, first)).Image);
    }

    private static void Equivariance(GoldenRun run, DepthAwareModel model, AffineKeypoints driving)
    {
        using var scope = NewDisposeScope();
        var transform = new ThinPlateSpline(run.Input("equivariance.theta"), run.Input("equivariance.control_params").reshape(1, -1, 1));
        var grid = transform.Apply(CoordinateGrid.CreateLike(256, 256, run.Driving).reshape(1, -1, 2)).reshape(1, 256, 256, 2);
        var bent = run.Stage("equivariance.transformed_frame", Warping.Sample(run.Driving, grid, alignCorners: false, GridSamplePaddingMode.Reflection));
        var found = model.Locate(bent, model.Disparity(bent));
        run.Stage("equivariance.transformed_value", found.Positions);
        run.Stage("equivariance.transformed_jacobian", found.Jacobians);
        var back = run.Stage("equivariance.warped_value", transform.Apply(found.Positions));
        run.Stage("equivariance.loss_value", (driving.Positions - back).abs().mean());
    }
}
