using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

public sealed class TrainingStepTests
{
    [Fact]
    public void Motion_that_is_no_number_is_a_diverged_training_and_leaves_the_weights()
    {
        using var scope = NewDisposeScope();
        using var state = TrainingState.Create(TinyStep.Config, CPU);
        var model = (PecHeadModel)state.Model;
        using (no_grad())
            foreach (var parameter in model.Branches[0].Motion.parameters()) parameter.fill_(float.NaN);
        var others = model.named_parameters().Where(entry => entry.parameter.isfinite().all().item<bool>()).ToDictionary(entry => entry.name, entry => entry.parameter.clone());
        FaceBatch Moment() => new(rand(1, 3, model.ImageSize, model.ImageSize), new FaceCoefficients(zeros(1, 2), zeros(1, 3), zeros(1, 3), zeros(1, 3), zeros(1, 3), ones(1)));

        var error = Assert.Throws<TrainingDivergedException>(() => TinyStep.Of(state).Run(0, new TrainingSample([Moment()], [Moment()]), 1e-4));

        Assert.IsType<NotFiniteNumberException>(error.InnerException);
        Assert.Contains("deformation", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(others);
        Assert.All(model.named_parameters().Where(entry => others.ContainsKey(entry.name)), entry => TensorAssert.Close(others[entry.name], entry.parameter, 0));
    }
}
