using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.ThinPlate;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Thin-Plate Spline Motion Model beside the published code.</summary>
internal static class SplineGolden
{
    public static string[] Parts { get; } = ["kp_detector", "dense_motion_network", "inpainting_network", "bg_predictor", "avd_network"];

    /// <summary>The bend of the term of equivariance.</summary>
    public static string[] NotCompared { get; } =
        ["equivariance.transformed_frame", "equivariance.transformed_value", "equivariance.warped_value", "equivariance.loss_value"];

    public static void Pass(GoldenRun run)
    {
        using var model = run.Model<SplineModel>(SplineModel.Format, Parts);
        var (motion, inpainting) = (model.Motion, model.Inpainting);
        Detect(run, model.Detector);
        var from = new SplineKeypoints(run.Stage("kp_source.fg_kp", model.Detector.call(run.Source).Positions));
        var to = new SplineKeypoints(run.Stage("kp_driving.fg_kp", model.Detector.call(run.Driving).Positions));
        var splines = PlaneSplines.Fit(motion.Grouped(to), motion.Grouped(from));
        run.Stage("tps.theta", splines.Affine);
        run.Stage("tps.control_params", splines.Weights);

        var reduced = run.Stage("down", motion.Reduce(run.Source));
        var (steps, maps) = motion.Explain(reduced, from, to, background: null);
        run.Stage("heatmap_difference", steps.Heatmaps);
        run.Stage("transformations", steps.Proposals);
        run.Stage("sparse_deformed", steps.Warped);
        var features = ((Hourglass)motion.named_children().Single(child => child.name == "hourglass").module).Steps(cat([steps.Heatmaps, steps.Warped.flatten(1, 2)], 1));
        for (int i = 0; i < features.Count; i++) run.Stage($"hourglass{i}", features[i]);
        run.Stage("contribution_maps", steps.Mask);
        var deformation = run.Stage("deformation", steps.Motion.Deformation);
        List<Tensor> occlusions = [.. maps.Select((map, i) => run.Stage($"occlusion{i}", map))];
        Inpaint(run, inpainting, deformation, occlusions);

        var (bg, back) = (model.Background!.call(run.Source, run.Driving), model.Background!.call(run.Driving, run.Source));
        var forth = run.Stage("bg.params", Whole(bg));
        run.Stage("bg.loss", (eye(3, dtype: forth.dtype) - forth.matmul(Whole(back))).abs().mean());
        (steps, maps) = motion.Explain(reduced, from, to, forth.narrow(1, 0, 2));
        run.Stage("bg.transformations0", steps.Proposals.narrow(1, 0, 1));
        deformation = run.Stage("bg.deformation", steps.Motion.Deformation);
        run.Stage("bg.prediction", inpainting.Decode(run.Source, InpaintingNetwork.Move(inpainting.Encode(run.Source), deformation, maps), deformation, maps[^1]).Image);

        Modes(run, model);
        run.Pyramids();
    }

    private static void Detect(GoldenRun run, SplineDetector detector)
    {
        var network = (ResidualNetwork)detector.named_children().Single().module;
        var features = run.Stage("kp_source.conv1", network.Child("conv1").call(run.Source));
        features = nn.functional.max_pool2d(network.Child("bn1").call(features).relu(), 3, 2, 1);
        features = run.Stage("kp_source.layer1", network.Child("layer1").call(features));
        features = run.Stage("kp_source.layer4", network.Child("layer4").call(network.Child("layer3").call(network.Child("layer2").call(features))));
        run.Stage("kp_source.logits", network.Linear.call(run.Stage("kp_source.pooled", features.mean([2, 3]))));
    }

    private static void Inpaint(GoldenRun run, InpaintingNetwork network, Tensor deformation, List<Tensor> occlusions)
    {
        var levels = network.Encode(run.Source);
        run.Stage("first", levels[0]);
        run.Stage("down0", levels[1]);
        run.Stage("down2", levels[^1]);
        var moved = InpaintingNetwork.Move(levels, deformation, occlusions);
        for (int i = 0; i < moved.Count; i++) run.Stage($"warped{i}", moved[i]);
        var made = network.Decode(run.Source, moved, deformation, occlusions[^1]);
        for (int i = 0; i < made.Raised.Count; i++)
        {
            run.Stage($"res{i}", made.Residual[i]);
            run.Stage($"up{i}", made.Raised[i]);
        }
        run.Stage("final_logits", made.Logits);
        run.Stage("deformed", InpaintingNetwork.Warp(run.Source, deformation));
        run.Stage("prediction", made.Image);

        var driving = network.Encode(run.Driving);
        var loss = zeros_like(deformation.flatten()[0]);
        for (int i = 0; i < driving.Count; i++)
        {
            var seen = run.Stage($"encode_driving{i}", driving[i] * occlusions[^(i + 1)]);
            loss = loss + (seen - moved[^(i + 1)]).abs().mean();
        }
        run.Stage("warp_loss", loss);
    }

    private static void Modes(GoldenRun run, SplineModel model)
    {
        var source = model.EncodeSource(new FaceFrame(run.Source));
        var (driving, first) = (model.ObserveMotion(source, new FaceFrame(run.Driving)), model.ObserveMotion(source, new FaceFrame(run.Start)));
        run.Stage("relative.initial_fg_kp", first.Positions);
        foreach (var (name, mode) in new[] { ("relative", MotionMode.Relative), ("avd", MotionMode.Disentangled) })
        {
            var points = (SplineKeypoints)model.Transfer(mode, source, driving, first);
            run.Stage($"{name}.fg_kp", points.Positions);
            run.Stage($"{name}.prediction", model.Generate(source, points).Image);
        }
    }

    private static Tensor Whole(Tensor affine) => cat([affine, tensor(new double[] { 0, 0, 1 }, [1, 1, 3]).to(affine.dtype)], 1);
}
