using PECHead.Research.FaceModel;
using PECHead.Research.Losses;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Losses;

/// <summary>The terms of the baselines, against numbers worked out by hand.</summary>
public sealed class BaselineLossTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Least_squares_pull_real_patches_to_one_and_generated_ones_to_zero()
    {
        var (real, generated) = (Map(1, 3), Map(0, -2));
        // D: (0 + 4)/2 + (0 + 4)/2; G: (1 + 9)/2.
        Assert.Equal(4, LeastSquaresLoss.OfDiscriminator(real, generated).ToDouble(), 6);
        Assert.Equal(5, LeastSquaresLoss.OfGenerator(generated).ToDouble(), 6);
    }

    [Fact]
    public void The_logistic_loss_is_that_of_the_sigmoid()
    {
        var (real, generated) = (tensor([2f, -1f], [2, 1]), tensor([0.5f, -3f], [2, 1]));
        static double Log(double x) => Math.Log(1 + Math.Exp(x));
        Assert.Equal(((Log(-2) + Log(1)) / 2) + ((Log(0.5) + Log(-3)) / 2), LogisticLoss.OfDiscriminator(real, generated).ToDouble(), 5);
        Assert.Equal((Log(-0.5) + Log(3)) / 2, LogisticLoss.OfGenerator(generated).ToDouble(), 5);
    }

    [Fact]
    public void Features_are_matched_block_by_block_and_only_the_generated_learn()
    {
        var (real, generated) = (ones(1, 2, 2, 2).requires_grad_(), zeros(1, 2, 2, 2).requires_grad_());
        var loss = FeatureMatchingLoss.Evaluate([real, 3 * real], [generated, generated]);
        Assert.Equal(1 + 3, loss.ToDouble(), 6);
        loss.backward();
        Assert.Null(real.grad);
        Assert.NotNull(generated.grad);
        Assert.Throws<ArgumentException>(() => FeatureMatchingLoss.Evaluate([real], []));
    }

    [Fact]
    public void A_map_is_compared_with_the_identity()
        => Assert.Equal((0 + 2 + 1 + 3) / 4.0, IdentityLoss.Evaluate(tensor([1f, 2, -1, 4], [1, 2, 2])).ToDouble(), 6);

    [Fact]
    public void The_prior_keeps_points_in_space_apart_and_at_a_depth_and_may_count_a_point_with_itself()
    {
        // Two points 0.2 apart, of the depths 0 and 0.2: both orders of (0.1 − 0.04), and |0.1 − 0.33|.
        var points = tensor([0f, 0, 0, 0, 0, 0.2f], [1, 2, 3]);
        double prior = (2 * (0.1 - 0.04)) + 0.23;
        Assert.Equal(prior, KeypointPriorLoss.Evaluate(points).ToDouble(), 5);
        Assert.Equal(prior + (2 * 0.1), KeypointPriorLoss.Evaluate(points, ownPairs: true).ToDouble(), 5);
    }

    [Fact]
    public void The_degrees_of_a_head_turn_points_as_the_face_model_does()
    {
        // In axes to the right, down and away from the camera, instead of right, up and towards it.
        var angles = tensor([0.2f, -0.3f, 0.1f, -0.4f, 0.5f, -0.6f], [2, 3]);
        var flip = diag(tensor([1f, -1, -1]));
        var wanted = flip.matmul(EulerAngles.ToMatrix(angles)).matmul(flip);

        var degrees = FreeViewObjective.Degrees(angles);

        // The model counts a half turn as 3.14.
        var reading = new HeadReading(zeros(2, 3, 66), degrees, zeros(2, 3), zeros(2, 1, 3));
        TensorAssert.Close(wanted, reading.Rotation(), 1e-3);
    }

    private static Tensor Map(params float[] judgements) => tensor(judgements, [1, 1, 1, judgements.Length]);
}
