using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.FaceModel.Basel;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Golden;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel.Basel;

[Collection(BaselTests.Name)]
public sealed class BaselFaceModelTests(BaselOracle oracle)
{
    [OracleFact]
    public void The_parts_and_the_whole_file_give_the_same_model()
    {
        using var scope = NewDisposeScope();
        using var parts = BaselFaceModel.Load(oracle.PathOf("parts"));
        using var whole = BaselFaceModel.Load(oracle.PathOf("whole"));

        Assert.Equal(150, whole.PointCount);
        TensorAssert.Shape(whole.Identity, 80, 450);
        TensorAssert.Shape(whole.Expression, 64, 450);
        TensorAssert.Close(whole.Mean, parts.Mean, 1e-6);
        TensorAssert.Close(whole.Identity / whole.Identity.abs().max(), parts.Identity / whole.Identity.abs().max(), 1e-6);
        TensorAssert.Close(whole.Expression / whole.Expression.abs().max(), parts.Expression / whole.Expression.abs().max(), 1e-6);
        Assert.Equal(whole.Triangles, parts.Triangles);
        Assert.Equal(whole.Landmarks, parts.Landmarks);
        TensorAssert.Close(zeros(3), whole.Mean.mean([0]), 1e-5);
    }

    [OracleFact]
    public void A_file_of_the_true_sizes_is_read()
    {
        using var scope = NewDisposeScope();
        using var model = BaselFaceModel.Load(oracle.PathOf("full"));

        Assert.Equal((35709, 70789, 68), (model.PointCount, model.Triangles.Count, model.Landmarks.Count));
        TensorAssert.Shape(model.Shape(zeros(2, 80), zeros(2, 64), model.Landmarks), 2, 68, 3);
        // The last 16 identity components are the first expression fields, read from the other end.
        TensorAssert.Close(model.Expression[63][0], model.Identity[64][107126], 0);
    }

    [Fact]
    public void Chosen_points_are_those_of_the_whole_shape()
    {
        using var scope = NewDisposeScope();
        using var model = TinyFaceModel.Random();
        var (identity, expression) = (randn(2, 80), randn(2, 64));

        var all = model.Shape(identity, expression);

        TensorAssert.Shape(all, 2, 90, 3);
        TensorAssert.Close(all.index_select(1, tensor(new[] { 7L, 3L, 7L })), model.Shape(identity, expression, [7, 3, 7]), 1e-5);
        Assert.Throws<ArgumentException>(() => model.Shape(identity, expression, [90]));
        Assert.Throws<ArgumentException>(() => model.Shape(identity, zeros(1, 64)));
    }

    [Fact]
    public void Triangles_wound_the_other_way_are_turned()
    {
        using var scope = NewDisposeScope();
        var mean = tensor(new[] { 0f, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1 }, 4, 3);
        BaselFaceModel Model((int, int, int) triangle) => new(mean, zeros(2, 12), zeros(2, 12), [triangle], new int[68]);
        using var right = Model((0, 1, 2));
        using var wrong = Model((0, 2, 1));

        Assert.Equal(right.Triangles, wrong.Triangles);
        Assert.Equal((0, 1, 2), right.Triangles[0]);
    }

    [Fact]
    public void Without_files_the_message_says_which_and_where_to_get_them()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<DataException>(() => BaselFaceModel.Load(folder.Root));
        Assert.Contains("BFM_model_front.mat", error.Message, StringComparison.Ordinal);
        Assert.Contains("University of Basel", error.Message, StringComparison.Ordinal);

        folder.Write("BFM/std_exp.txt", "1");
        error = Assert.Throws<DataException>(() => BaselFaceModel.Load(folder.Root));
        Assert.Contains("01_MorphableModel.mat", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("std_exp.txt", error.Message, StringComparison.Ordinal);
        Assert.Contains(BaselFiles.FolderVariable, Assert.Throws<DataException>(() => BaselFaceModel.Load(folder["none"])).Message, StringComparison.Ordinal);
    }

    [OracleTheory]
    [InlineData("std_exp.txt", "1.0 2.0", "deviations")]
    [InlineData("std_exp.txt", "1.0 two", "'two' is no number")]
    [InlineData("Exp_Pca.bin", "\u004f\0\0\0abc", "are not a mean")]
    [InlineData("Exp_Pca.bin", "\uffff\uffff", "components")]
    public void A_part_that_does_not_fit_is_named(string name, string content, string complaint)
    {
        using var folder = Copy("parts");
        File.WriteAllText(folder[name], content);

        var error = Assert.ThrowsAny<Exception>(() => BaselFaceModel.Load(folder.Root));

        Assert.True(error is DataException or CheckpointFormatException, error.GetType().Name);
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [OracleFact]
    public void Index_tables_of_another_model_are_refused()
    {
        using var folder = Copy("parts");
        File.Copy(oracle.PathOf("mat", "narrow.mat"), folder["BFM_exp_idx.mat"], overwrite: true);
        Assert.Contains("'trimIndex'", Assert.Throws<CheckpointFormatException>(() => BaselFaceModel.Load(folder.Root)).Message, StringComparison.Ordinal);

        File.Copy(oracle.PathOf("parts", "BFM_exp_idx.mat"), folder["BFM_exp_idx.mat"], overwrite: true);
        File.Copy(oracle.PathOf("full", "BFM_model_front.mat"), folder["facemodel_info.mat"], overwrite: true);
        Assert.Contains("beyond 1 to 150", Assert.Throws<DataException>(() => BaselFaceModel.Load(folder.Root)).Message, StringComparison.Ordinal);
    }

    private TemporaryFolder Copy(string name)
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(oracle.PathOf(name)))
            File.Copy(file, folder[Path.GetFileName(file)]);
        return folder;
    }
}
