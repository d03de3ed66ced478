using PECHead.Research.Checkpoints;
using PECHead.Research.FaceModel;
using PECHead.Research.Tests.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

public sealed class FaceModelFileTests
{
    [Fact]
    public void A_model_survives_the_round_trip_to_half_precision()
    {
        using var scope = NewDisposeScope();
        using var file = new TemporaryFile();
        float[] step = [.. Enumerable.Range(0, SyntheticFaceModel.ExpressionSize).Select(i => (float)i)];
        using var model = SyntheticFaceModel.Create(new ExpressionDirections([KeyValuePair.Create("smile", new ExpressionDirection(step, step))]));
        var faces = SyntheticFaceModel.Faces(3, 1);

        FaceModelFile.Save(file.Path, model, new Dictionary<string, string> { ["recipe"] = "made up" });
        using var read = FaceModelFile.Load(file.Path);

        TensorAssert.Close(model.Points(faces), read.Points(faces), 1e-4);
        TensorAssert.Close(model.Mirror(faces).Identity, read.Mirror(faces).Identity, 0);
        Assert.Equal(step, read.Directions["smile"].Step);
    }

    [Fact]
    public void A_file_of_something_else_is_refused_with_what_is_missing()
    {
        using var scope = NewDisposeScope();
        using var file = new TemporaryFile();
        StateDict.Save(file.Path, new Dictionary<string, Tensor> { ["mean"] = zeros(5, 3) });
        Assert.Contains("identity", Assert.Throws<CheckpointFormatException>(() => FaceModelFile.Load(file.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_sizes_do_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        using var file = new TemporaryFile();
        StateDict.Save(file.Path, new Dictionary<string, Tensor>
        {
            ["mean"] = zeros(5, 3),
            ["identity"] = zeros(2, 4, 3),
            ["expression"] = zeros(2, 5, 3),
            ["identity_mirror"] = ones(2),
            ["expression_mirror"] = ones(2),
        });
        Assert.Throws<CheckpointFormatException>(() => FaceModelFile.Load(file.Path));
    }
}
