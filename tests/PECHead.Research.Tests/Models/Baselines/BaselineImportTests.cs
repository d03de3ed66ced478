using PECHead.Research.Catalog;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Models.Baselines;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Golden;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Published files of narrow models: the published names, other sizes.</summary>
public sealed class BaselineImportTests
{
    public static TheoryData<string> Ids => [.. BaselineImport.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_safetensors_copy_is_converted_with_every_value_and_loads_by_its_content(string id)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = Publish(id, folder["published.safetensors"]);

        var made = BaselineImport.Convert(id, folder["published.safetensors"], folder["ours.safetensors"], all: true);

        Assert.Equal(model.parameters().Sum(parameter => parameter.numel()), made.Parameters);
        Same(model, id, folder["ours.safetensors"]);
        Assert.Equal(id, ModelCatalog.Load(folder["published.safetensors"]).Entry.Id);
    }

    [OracleFact]
    public void Both_layouts_of_PyTorch_are_read_and_what_inference_does_not_need_is_listed_and_left_out()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        string script = Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Models", "Baselines", "publish.py");
        foreach (string id in BaselineImport.Ids)
        {
            using var model = Publish(id, folder["copy.safetensors"]);
            var (code, errors) = PythonOracle.Run(script, folder["copy.safetensors"], folder["zip.pth"], folder["legacy.pth"]);
            Assert.True(code == 0, errors);
            foreach (string file in new[] { "zip.pth", "legacy.pth" })
            {
                BaselineImport.Convert(id, folder[file], folder["all.safetensors"], all: true);
                Same(model, id, folder["all.safetensors"]);
                var made = BaselineImport.Convert(id, folder[file], folder["lean.safetensors"], all: false);
                string[] training = [.. BaselineFiles.All.Single(format => format.Id == id).Training];
                Assert.Equal(training, made.LeftOut);
                Assert.Empty(made.Parts.Intersect(training));
            }
        }
    }

    [OracleFact]
    public void A_model_whose_networks_have_files_of_their_own_is_read_from_their_folder_or_says_which_is_missing()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        string script = Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Models", "Baselines", "publish.py");
        using var model = Publish("liveportrait", folder["copy.safetensors"]);
        var (code, errors) = PythonOracle.Run(script, folder["copy.safetensors"], folder["liveportrait"]);
        Assert.True(code == 0, errors);
        string Refusal() => Assert.Throws<CheckpointFormatException>(() => BaselineImport.Convert("liveportrait", folder["liveportrait"], folder["no.safetensors"], all: false)).Message;

        BaselineImport.Convert("liveportrait", folder["liveportrait"], folder["ours.safetensors"], all: false);

        Same(model, "liveportrait", folder["ours.safetensors"]);
        File.Copy(folder["liveportrait/base_models/motion_extractor.pth"], folder["liveportrait/motion_extractor.pth"]);
        Assert.Contains("more than one motion_extractor.pth", Refusal(), StringComparison.Ordinal);
        File.Delete(folder["liveportrait/motion_extractor.pth"]);
        File.Copy(folder["liveportrait/base_models/motion_extractor.pth"], folder["liveportrait/retargeting_models/stitching_retargeting_module.pth"], overwrite: true);
        Assert.Contains("has no 'retarget_shoulder'", Refusal(), StringComparison.Ordinal);
        File.Delete(folder["liveportrait/base_models/motion_extractor.pth"]);
        Assert.Contains("has no motion_extractor.pth; needed are appearance_feature_extractor.pth", Refusal(), StringComparison.Ordinal);
        Assert.Contains("folder of the published checkpoints", Assert.Throws<DataException>(() => BaselineImport.Convert("liveportrait", folder["nowhere"], folder["no.safetensors"], all: false)).Message, StringComparison.Ordinal);
    }

    [OracleFact]
    public void Files_named_by_network_and_step_are_read_with_averaged_weights_where_there_are_some()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        string script = Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Models", "Baselines", "publish.py");
        using var model = Publish("codebook", folder["copy.safetensors"]);
        var (code, errors) = PythonOracle.Run(script, folder["copy.safetensors"], folder["codebook"]);
        Assert.True(code == 0, errors);
        string Refusal(string file) => Assert.Throws<CheckpointFormatException>(() => BaselineImport.Convert("codebook", folder[file], folder["no.safetensors"], all: false)).Message;

        BaselineImport.Convert("codebook", folder["codebook"], folder["all.safetensors"], all: true);
        var lean = BaselineImport.Convert("codebook", folder["codebook"], folder["lean.safetensors"], all: false);

        Same(model, "codebook", folder["all.safetensors"]);
        Assert.Equal(["net_d"], lean.LeftOut);
        Assert.Contains("name the folder that has net_g*.pth, net_motion_estimator*.pth", Refusal("codebook/net_g_latest.pth"), StringComparison.Ordinal);
        File.Delete(folder["codebook/net_d_latest.pth"]);
        Assert.Empty(BaselineImport.Convert("codebook", folder["codebook"], folder["lean.safetensors"], all: true).LeftOut);
        File.Copy(folder["codebook/net_g_latest.pth"], folder["codebook/net_g_250000.pth"]);
        Assert.Contains("more than one net_g*.pth", Refusal("codebook"), StringComparison.Ordinal);
    }

    [OracleTheory]
    [InlineData("dagan", "depth/encoder.pth", "has no encoder.pth; needed are *.pth.tar, encoder.pth, depth.pth")]
    [InlineData("face2face-rho", "latest_motion_net.pth", "has no *motion_net*.pth; needed are *rendering_net*.pth, *motion_net*.pth")]
    public void Networks_in_files_of_their_own_are_read_from_their_folder_and_one_of_them_alone_is_refused(string id, string file, string refusal)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        string script = Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Models", "Baselines", "publish.py");
        using var model = Publish(id, folder["copy.safetensors"]);
        var (code, errors) = PythonOracle.Run(script, folder["copy.safetensors"], folder["published"]);
        Assert.True(code == 0, errors);
        string Refusal(string path) => Assert.Throws<CheckpointFormatException>(() => BaselineImport.Convert(id, folder[path], folder["no.safetensors"], all: false)).Message;

        BaselineImport.Convert(id, folder["published"], folder["ours.safetensors"], all: false);

        Same(model, id, folder["ours.safetensors"]);
        Assert.Contains("files of their own: name the folder that has", Refusal($"published/{file}"), StringComparison.Ordinal);
        File.Delete(folder[$"published/{file}"]);
        Assert.Contains(refusal, Refusal("published"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_model_says_whose_it_is_and_a_damaged_one_says_what_is_missing()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = Publish("tpsmm", folder["splines.safetensors"]);
        var tensors = StateDict.Load(folder["splines.safetensors"]);
        StateDict.Save(folder["lacking.safetensors"], tensors.Where(entry => entry.Key != "dense_motion_network.up.1.conv.bias").ToDictionary());
        StateDict.Save(folder["half.safetensors"], tensors.Where(entry => !entry.Key.StartsWith("inpainting_network.", StringComparison.Ordinal)).ToDictionary());

        string Refusal(string id, string file) =>
            Assert.Throws<CheckpointFormatException>(() => BaselineImport.Convert(id, folder[file], folder["out.safetensors"], all: false)).Message;

        Assert.Contains("it looks like Thin-Plate Spline Motion Model", Refusal("mraa", "splines.safetensors"), StringComparison.Ordinal);
        Assert.Contains("'up.1.conv.bias' is missing", Refusal("tpsmm", "lacking.safetensors"), StringComparison.Ordinal);
        Assert.Contains("no 'inpainting_network'", Refusal("tpsmm", "half.safetensors"), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out.safetensors"]));
    }

    // A file with the published names: the tensors of a narrow model under the list of keys.
    private static BaselineModel Publish(string id, string path)
    {
        var subject = GoldenSubjects.All.Single(one => one.Id == id);
        var model = subject.Narrow();
        var state = model.state_dict();
        var parts = model.named_children().Select(child => child.name).ToHashSet();
        StateDict.Save(path, GoldenFile.Keys(id).Where(key => parts.Contains(key.Part)).ToDictionary(
            key => $"{key.Part}.{key.Name}", key => state[$"{key.Part}.{subject.Format.Translate(key.Name)}"]));
        return model;
    }

    private static void Same(BaselineModel expected, string id, string file)
    {
        var loaded = ModelCatalog.Load(file);
        using var model = Assert.IsAssignableFrom<BaselineModel>(loaded.Model);
        Assert.Equal(id, loaded.Entry.Id);
        Assert.Equal(expected.Settings, model.Settings);
        var state = model.state_dict();
        foreach (var (name, tensor) in expected.state_dict().Where(entry => entry.Value.is_floating_point()))
            TensorAssert.Close(tensor, state[name], 0, name);
    }
}
