using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Training;
using TorchSharp;
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

        var error = Assert.Throws<TrainingDivergedException>(() => TinyStep.Of(state).Run(0, new TrainingSample([Moment(state)], [Moment(state)]), 1e-4));

        Assert.IsType<NotFiniteNumberException>(error.InnerException);
        Assert.Contains("deformation", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(others);
        Assert.All(model.named_parameters().Where(entry => others.ContainsKey(entry.name)), entry => TensorAssert.Close(others[entry.name], entry.parameter, 0));
    }

    [Fact]
    public void Keypoints_that_are_detected_learn_from_bends_of_a_thin_plate()
    {
        using var scope = NewDisposeScope();
        var config = ExperimentConfigFile.Parse(
            "setting: {base: kp, id: detected, origin: detected}\nsize: tiny\nexpression_size: 3\nthin_plate: {affine_deviation: 0.2}\nloss: {pixel: 0, perceptual: 0, keypoint_spread: 0, warp: 0, face_parts: 0}", "x.yaml");
        using var state = TrainingState.Create(config, CPU);
        var sample = new TrainingSample([Moment(state)], [Moment(state)]);
        var before = ((PecHeadModel)state.Model).named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.clone());

        var terms = TinyStep.Of(state, config).Run(0, sample, 1e-3);

        Assert.Equal(["equivariance", "total"], terms.Keys.Order());
        Assert.True(terms["equivariance"] > 0);
        Assert.Contains(((PecHeadModel)state.Model).named_parameters(), entry => entry.name.StartsWith("locator.", StringComparison.Ordinal) && !entry.parameter.equal(before[entry.name]).all().ToBoolean());
    }

    private static FaceObservation Moment(TrainingState state) => new(
        rand(1, 3, state.Model.ImageSize, state.Model.ImageSize), new FaceCoefficients(zeros(1, 2), zeros(1, 3), zeros(1, 3), zeros(1, 3), zeros(1, 3), ones(1)));
}
