using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Models.Baselines.FaceToFace;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Face2Face-ρ beside the authors' code, at 256 px; points and poses are recorded.</summary>
internal static class FaceToFaceGolden
{
    public static string[] Parts { get; } = ["rendering_net", "motion_net"];

    /// <summary>What only training uses.</summary>
    public static string[] NotCompared { get; } = [.. Enumerable.Range(0, 4).Select(i => $"discriminator.feature{i}"), "discriminator.prediction"];

    public static void Pass(GoldenRun run)
    {
        using var published = run.Model<FaceToFaceModel>(FaceToFaceModel.Format, Parts);
        using var model = new FaceToFaceModel(published.Config with { ImageSize = 256 });
        model.to(run.Source.dtype);
        model.load_state_dict(published.state_dict());
        model.eval();
        var (from, to) = (Face(run, "source"), Face(run, "driving"));
        var source = model.Register(new FaceFrame(run.Source), from);
        var (fields, recorded) = Move(run, model, source, to);
        var features = Encode(run, model.Renderer, (2 * run.Source) - 1, from.Pose);
        for (int i = 0; i < features.Count; i++) run.Stage($"warped{i}", model.Renderer.Move(features[i], recorded));
        // A recorded field is rounded to single precision, which the steep features of random weights enlarge: the decoder goes on from the field that was made.
        Decode(run, model.Renderer, [.. features.Select(map => model.Renderer.Move(map, fields.Fine))], to.Pose);
        foreach (string name in new[] { "prediction", "online.prediction" })
            run.Stage(name, (2 * model.Generate(source, to).Image) - 1);
        Losses(run, fields);
    }

    private static SketchFace Face(GoldenRun run, string name) => new(run.Input($"{name}_landmarks").unsqueeze(0), run.Input($"{name}_headpose").unsqueeze(0));

    private static (PyramidFields Made, Tensor Recorded) Move(GoldenRun run, FaceToFaceModel model, SketchSource source, SketchFace driving)
    {
        var seen = FaceToFaceModel.Seen(source, model.Sketches(driving, run.Driving));
        run.Stage("motion.model1_1", model.Motion.Child("model1_1").call(seen[1]));
        var fields = model.Motion.Explain(seen);
        run.Stage("motion.f1", fields.First);
        run.Stage("motion.model1_2", fields.Second);
        run.Stage("motion.model2_2", fields.Third);
        run.Stage("motion.low", fields.Coarse);
        run.Stage("motion.middle", fields.Middle);
        return (fields, run.Stage("motion.high", fields.Fine));
    }

    private static List<Tensor> Encode(GoldenRun run, MobileRenderer renderer, Tensor image, Tensor pose)
    {
        var map = run.Stage("pose.source", renderer.Child("src_headpose_encoder").call(pose));
        var features = run.Stage("encoder.conv", renderer.Child("en_conv_block").call(image));
        var maps = new List<Tensor>();
        foreach (var (blocks, modulation, name, number) in new[]
        {
            ("en_down_block1", "en_SPADE1", "down1", 1), ("en_down_block2", "en_SPADE_2", "down2", 2), ("en_down_block3", "en_SPADE_3", "down3", 3), ("en_res_block", "en_SPADE_4", "res", 4),
        })
        {
            features = run.Stage($"encoder.{name}", renderer.Child(blocks).call(features));
            maps.Add(features = run.Stage($"encoder.spade{number}", Modulated(renderer, modulation, features, map)).relu());
        }
        return maps;
    }

    private static void Decode(GoldenRun run, MobileRenderer renderer, Tensor[] moved, Tensor pose)
    {
        var map = run.Stage("pose.driving", renderer.Child("drv_headpose_encoder").call(pose));
        var features = moved[3];
        foreach (var (blocks, modulation, name, number) in new[]
        {
            ("de_res_block", "de_SPADE_1", "res", 1), ("de_up_block1", "de_SPADE_2", "up1", 2), ("de_up_block2", "de_SPADE_3", "up2", 3), ("de_up_block3", "de_SPADE_4", "up3", 4),
        })
        {
            if (number > 1) features = cat([features, moved[4 - number]], 1);
            features = run.Stage($"decoder.spade{number}", Modulated(renderer, modulation, features, map)).relu();
            features = run.Stage($"decoder.{name}", renderer.Child(blocks).call(features));
        }
    }

    private static Tensor Modulated(MobileRenderer renderer, string name, Tensor features, Tensor map)
        => ((SpatialModulation)renderer.named_children().Single(child => child.name == name).module).call(features, map);

    // The fields warp the source at half of the size; in the first epochs they are held at the identity.
    private static void Losses(GoldenRun run, PyramidFields fields)
    {
        var (source, driving) = ((2 * run.Source) - 1, EdgeResize.Map((2 * run.Driving) - 1, 128, 128));
        foreach (var (name, field) in new[] { ("low", fields.Coarse), ("middle", fields.Middle), ("high", fields.Fine) })
        {
            var resized = EdgeResize.Map(field.permute(0, 3, 1, 2), 128, 128).permute(0, 2, 3, 1);
            run.Stage($"loss.warp_{name}", (Warping.Sample(source, resized, alignCorners: false) - driving).abs().mean());
            run.Stage($"loss.init_field_{name}", (field - CoordinateGrid.CreateLike(field.size(1), field.size(2), field)).abs().mean());
        }
    }
}
