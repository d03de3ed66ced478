using PECHead.Research.Animation;
using PECHead.Research.Catalog;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

public sealed class FirstOrderWeightsTests(FirstOrderOracle oracle) : IClassFixture<FirstOrderOracle>
{
    [OracleTheory]
    [InlineData("vox.zip.pth")]
    [InlineData("vox.legacy.pth")]
    public void A_file_with_the_published_names_and_shapes_fills_the_model_and_every_value_arrives(string file)
    {
        using var model = FirstOrderWeights.Load(oracle[file]);

        Assert.Equal(new FirstOrderConfig(), model.Config);
        Assert.Equal(75, model.Detector.state_dict().Count);
        Assert.Equal(14_215_368, model.Detector.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal(196, model.Generator.state_dict().Count);
        Assert.Equal(45_575_391, model.Generator.parameters().Sum(parameter => parameter.numel()));
        var (detector, generator) = (model.Detector.state_dict(), model.Generator.state_dict());
        int view = 0;
        foreach (var (container, state) in new[] { ("kp_detector", detector), ("generator", generator) })
        {
            using var stored = StateDictReader.Read(oracle[file], container);
            Assert.Equal(state.Count, stored.Count);
            foreach (string name in stored.Keys.Where(name => !name.EndsWith("tracked", StringComparison.Ordinal)))
            {
                view++;
                var tensor = state[FirstOrderWeights.Translate(name)];
                long[] last = [.. tensor.shape.Select(size => size - 1)];
                // Every tensor of the file is a view of one storage, with an offset and strides of its own.
                long place = last.Length == 4 ? view + 2000 * last[0] + last[1] + 3 * last[2] + last[3] : view + 2 * last[0];
                Assert.Equal(place % 1009 / 1009f, tensor.reshape(-1)[-1].ToSingle());
            }
        }
    }

    [OracleTheory]
    [InlineData("tiny.zip.pth", true, "original")]
    [InlineData("tiny.legacy.pth", false, "later")]
    public void The_model_gives_the_published_frames_under_either_convention(string file, bool alignCorners, string name)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var expected = OracleCase.Read(oracle["tiny.safetensors"]);
        using var model = FirstOrderWeights.Load(oracle[file], alignCorners);
        model.to(ScalarType.Float64);
        var (source, driving) = (expected["source"], expected["driving"]);
        using var encoded = model.EncodeSource(new FaceFrame(source));
        var from = encoded.Points;
        var to = model.ObserveMotion(encoded, new FaceFrame(driving));

        Assert.Equal((64, 3, alignCorners), (model.Config.ImageSize, model.Config.KeypointCount, model.Config.AlignCorners));
        AssertNear(expected["positions"], from.Positions, 1e-9);
        AssertNear(expected["jacobians"], from.Jacobians, 1e-9);
        AssertNear(expected[name], model.call(new FaceFrame(source), new FaceFrame(driving)).Image, 1e-9);
        AssertNear(expected[name], model.Generate(encoded, to).Image, 1e-9);
        var first = new AffineKeypoints(from.Positions.flip(0), from.Jacobians.flip(0));
        AssertNear(expected[$"{name}.relative"], model.Generate(encoded, AffineKeypoints.Relative(from, to, first, full([source.size(0), 1, 1], 0.7, ScalarType.Float64))).Image, 1e-9);
        Assert.True((expected["original"] - expected["later"]).abs().max().ToDouble() > 0.01, "the conventions must differ for this to show anything");
    }

    [OracleFact]
    public void A_model_survives_our_own_file_and_a_safetensors_copy_of_the_published_one()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var model = FirstOrderWeights.Load(oracle["tiny.zip.pth"]);
        var copy = new[] { "kp_detector", "generator" }
            .SelectMany(container => StateDict.Load(oracle["tiny.zip.pth"], container).Select(entry => ($"{container}.{entry.Key}", entry.Value)))
            .ToDictionary(entry => entry.Item1, entry => entry.Value);
        StateDict.Save(oracle["copy.safetensors"], copy);
        FirstOrderWeights.Save(oracle["ours.safetensors"], model);
        var frames = rand(2, 3, 64, 64);
        var expected = model.call(new FaceFrame(frames), new FaceFrame(frames.flip(0))).Image;

        foreach (string file in new[] { "copy.safetensors", "ours.safetensors" })
        {
            using var loaded = FirstOrderWeights.Load(oracle[file]);
            AssertNear(expected, loaded.call(new FaceFrame(frames), new FaceFrame(frames.flip(0))).Image, 0);
        }
    }

    [OracleFact]
    public void The_convention_is_stored_in_our_file_and_obeyed()
    {
        using var later = FirstOrderWeights.Load(oracle["tiny.zip.pth"], alignCorners: false);
        FirstOrderWeights.Save(oracle["later.safetensors"], later);

        using var loaded = FirstOrderWeights.Load(oracle["later.safetensors"]);
        using var fromCatalog = ModelCatalog.Load(oracle["later.safetensors"]).Model;

        Assert.False(loaded.Config.AlignCorners);
        Assert.False(Assert.IsType<FirstOrderModel>(fromCatalog).Config.AlignCorners);
    }

    [Fact]
    public void One_map_of_Jacobians_for_all_points_is_a_map_repeated_for_each()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var config = TinyConfigs.FirstOrder(hourglassDepth: 3);
        using var shared = new FirstOrderModel(config with { SharedJacobian = true });
        using var each = new FirstOrderModel(config);
        var state = shared.state_dict();
        foreach (var name in new[] { "detector.jacobian.weight", "detector.jacobian.bias" })
        {
            state[name].normal_();
            state[name] = cat([state[name], state[name], state[name]], 0);
        }
        each.load_state_dict(state);
        FirstOrderWeights.Save(folder["mgif.safetensors"], shared);
        using var loaded = FirstOrderWeights.Load(folder["mgif.safetensors"]);
        each.eval();
        FaceFrame source = new(rand(1, 3, 64, 64)), driving = new(rand(1, 3, 64, 64));

        Assert.True(loaded.Config.SharedJacobian);
        AssertNear(each.call(source, driving).Image, loaded.call(source, driving).Image, 1e-6);
    }

    [OracleFact]
    public void Weights_that_are_not_the_models_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        var tensors = StateDict.Load(oracle["tiny.zip.pth"], "kp_detector").ToDictionary(entry => $"kp_detector.{entry.Key}", entry => entry.Value);
        StateDict.Save(oracle["half.safetensors"], tensors);
        foreach (var (name, tensor) in StateDict.Load(oracle["tiny.zip.pth"], "generator"))
            tensors[$"generator.{name}"] = tensor;
        tensors.Remove("generator.final.bias");
        StateDict.Save(oracle["lacking.safetensors"], tensors);

        Assert.Contains("no file of First Order Motion Model", Refusal("half.safetensors"), StringComparison.Ordinal);
        Assert.Contains("'final.bias' is missing", Refusal("lacking.safetensors"), StringComparison.Ordinal);
    }

    [OracleFact]
    public void A_picture_driven_by_itself_stays_what_the_model_makes_of_it()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var model = FirstOrderWeights.Load(oracle["tiny.zip.pth"]);
        var pixels = new byte[64 * 64 * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i * 37 % 251);
        var picture = new RgbImage(64, 64, pixels);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var head = new TalkingHead(model, observer: null);
        var portrait = new Portrait(picture, picture, new CropSquare(0, 0, 64), 1);
        foreach (var mode in head.Modes)
        {
            RgbImage[] made = [.. head.Animate(portrait, [picture, picture], new AnimationOptions { Mode = mode })];
            Assert.Equal(made[0].Pixels.ToArray(), made[1].Pixels.ToArray());
        }
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private string Refusal(string file)
        => Assert.Throws<CheckpointFormatException>(() => FirstOrderWeights.Load(oracle[file])).Message;

    private static void AssertNear(Tensor expected, Tensor actual, double tolerance)
        => Assert.InRange((expected - actual).abs().max().ToDouble(), 0, tolerance);
}
