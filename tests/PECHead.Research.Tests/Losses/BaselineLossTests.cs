using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Perception;
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
    public void Points_are_kept_apart_with_a_gradient_and_as_public_code_counts_them_without_one()
    {
        // 0 and 0.1 are nearer than 0.2, the third point is far from both: of three pairs one counts, with 1 − 1/4.
        var points = tensor([0f, 0, 0.1f, 0, 1, 1], [1, 3, 2]).requires_grad_();
        var apart = KeypointDistanceLoss.Evaluate(points);
        Assert.Equal(2 * 0.75 / 3, apart.ToDouble(), 5);
        Assert.True(autograd.grad([apart], [points])[0].abs().sum().ToDouble() > 0);

        var counted = KeypointDistanceLoss.Evaluate(points, bySign: true);
        Assert.Equal(2 / 3.0, counted.ToDouble(), 5);
        Assert.False(counted.requires_grad);
        Assert.Equal(KeypointDistanceLoss.Evaluate(zeros(2, 4, 2), bySign: true).ToDouble(), KeypointDistanceLoss.Evaluate(zeros(2, 4, 2)).ToDouble(), 6);
    }

    [Fact]
    public void Codes_come_to_their_tokens_four_times_as_much_as_tokens_to_their_codes()
    {
        var (tokens, codes) = (tensor([1f, 3f], [1, 1, 2]).requires_grad_(), zeros(1, 1, 2).requires_grad_());
        var loss = CodeLoss.Evaluate(tokens, codes);
        Assert.Equal(1.25 * 5, loss.ToDouble(), 5);
        loss.backward();
        TensorAssert.Close(tensor([-1f, -3f], [1, 1, 2]), codes.grad!, 1e-6);
        TensorAssert.Close(tensor([0.25f, 0.75f], [1, 1, 2]), tokens.grad!, 1e-6);
    }

    [Fact]
    public void Depth_is_compared_at_the_points_of_frames_with_a_face()
    {
        // A ramp from 0 on the left to 1 on the right; z = 0 in the middle is 0.5.
        var ramp = linspace(0, 1, 5).expand(2, 1, 5, 5);
        var points = tensor([0f, 0, 0, 1, 0, 0.25f], [1, 2, 3]).repeat(2, 1, 1);
        Assert.Equal(0.25 / 2, DepthPointsLoss.Evaluate([ramp], points, tensor([1f, 0f])).ToDouble(), 5);
        Assert.Equal((0.25 / 2 + ((0.5 + 0.25) / 2)) / 2, DepthPointsLoss.Evaluate([ramp, 1 - ramp], points, ones(2)).ToDouble(), 5);
        Assert.Equal(0, DepthPointsLoss.Evaluate([ramp], points, zeros(2)).ToDouble(), 6);
    }

    [Fact]
    public void A_face_counts_more_where_places_have_weights()
    {
        // Half of the places count four times: (4 + 1) / 2.
        var weights = cat([ones(1, 1, 4, 2) * 4, ones(1, 1, 4, 2)], 3);
        Assert.Equal(2.5, FeatureMatchingLoss.Evaluate([ones(1, 3, 4, 4)], [zeros(1, 3, 4, 4)], weights).ToDouble(), 5);
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());
        var (one, other) = (rand(1, 3, 32, 32), rand(1, 3, 32, 32));
        Assert.Equal(perceptual.call(one, other).ToDouble(), perceptual.Evaluate(one, other, ones(1, 1, 32, 32)).ToDouble(), 5);
        Assert.Equal(4 * perceptual.call(one, other).ToDouble(), perceptual.Evaluate(one, other, 4 * ones(1, 1, 32, 32)).ToDouble(), 4);
    }

    [Fact]
    public void The_mask_of_a_face_is_the_inside_of_jaw_and_brows()
    {
        // The jaw is the lower half of a circle, and the brows are a line above it.
        var landmarks = zeros(1, 68, 2);
        for (int i = 0; i < 17; i++)
        {
            double turn = Math.PI * (1 - (i / 16.0));
            landmarks[0, i] = tensor([(float)(0.5 * Math.Cos(turn)), (float)(0.5 * Math.Sin(turn))]);
        }
        for (int i = 0; i < 10; i++) landmarks[0, 17 + i] = tensor([-0.5f + (i / 9f), -0.25f]);

        var mask = FaceMask.Draw(new Keypoints(landmarks), 201, 201);

        Assert.Equal((1, 1, 0, 0), (At(0, 0.45), At(0, -0.2), At(0, 0.55), At(0, -0.3)));
        Assert.Equal((0, 0, 0, 1), (At(0.45, 0.45), At(-0.7, 0), At(0.7, 0), At(-0.45, -0.1)));
        Assert.Equal((Math.PI / 8) + 0.25, mask.sum().ToDouble() * 0.01 * 0.01, 2);

        double At(double x, double y) => mask[0, 0, (int)Math.Round(100 * (1 + y)), (int)Math.Round(100 * (1 + x))].ToDouble();
    }

    [Fact]
    public void The_wing_is_a_logarithm_near_by_and_a_straight_line_farther_off_that_meets_it()
    {
        // Distances of 0, 5, 10 and 30 pixels of a frame of 256 px, with w = 10 and ε = 2.
        const double Pixel = 2 / 256.0;
        var points = new Keypoints(tensor([0.0, 5 * Pixel, -10 * Pixel, 30 * Pixel], [1, 2, 2]).requires_grad_());
        double[] expected = [0, 10 * Math.Log(1 + 2.5), 10 * Math.Log(1 + 5), 30 - 10 + (10 * Math.Log(1 + 5))];

        var loss = WingLoss.Evaluate(points, new Keypoints(zeros(1, 2, 2, dtype: ScalarType.Float64)));

        Assert.Equal(expected.Average() * Pixel, loss.ToDouble(), 1e-12);
        loss.backward();
        // w / (ε + d) of four near by, 1 farther off.
        var slope = points.Positions.grad!.flatten() * 4;
        Assert.Equal(10 / 7.0, slope[1].ToDouble(), 1e-9);
        Assert.Equal(1, slope[3].ToDouble(), 1e-9);
    }

    [Fact]
    public void A_part_of_a_face_is_cut_out_in_a_square_around_its_landmarks()
    {
        // Eyes from -0.5 to 0.1 across and at -0.2: a square of 1.3 times 0.6 about (-0.2, -0.2).
        var places = zeros(1, 68, 2);
        places.narrow(1, 36, 12).copy_(stack([linspace(-0.5, 0.1, 12), full([12], -0.2)], 1));
        var ramp = linspace(-1, 1, 101);
        var frame = stack([ramp.unsqueeze(0).expand(101, 101), ramp.unsqueeze(1).expand(101, 101), zeros(101, 101)], 0).unsqueeze(0);

        var cut = FaceRegion.Eyes.Cut(frame, new Keypoints(places), 9);

        Assert.Equal(-0.2 - 0.39, cut[0, 0, 4, 0].ToDouble(), 1e-5);
        Assert.Equal(-0.2 + 0.39, cut[0, 0, 4, 8].ToDouble(), 1e-5);
        Assert.Equal(-0.2 - 0.39, cut[0, 1, 0, 4].ToDouble(), 1e-5);
        var mask = FaceRegion.Eyes.Mask(new Keypoints(places), 101);
        Assert.Equal(39.0 * 39, mask.sum().ToDouble());
    }

    [NetworkFact]
    public void A_face_is_its_own_person_and_another_colour_is_less()
    {
        using var networks = new FaceNetworks(PublishedNetworks.Files);
        var places = new Keypoints((0.6 * stack([linspace(-1, 1, 68), linspace(1, -1, 68)], 1)).unsqueeze(0));
        var driving = rand(1, 3, 64, 64, generator: new Generator(1));
        var generated = (1 - driving).requires_grad_();

        Assert.Equal(0, FaceIdentityLoss.Evaluate(networks.Descriptor, driving, driving, places).ToDouble(), 1e-5);
        var loss = FaceIdentityLoss.Evaluate(networks.Descriptor, generated, driving, places);
        Assert.True(loss.ToDouble() > 0.001);
        loss.backward();
        Assert.True(generated.grad!.abs().sum().ToDouble() > 0);
    }

    [Fact]
    public void The_degrees_of_liveportraits_head_turn_points_as_the_face_model_does()
    {
        var angles = tensor([0.2f, -0.3f, 0.1f, -0.4f, 0.5f, -0.6f], [2, 3]);
        var flip = diag(tensor([1f, -1, -1]));
        // Its rotations multiply rows.
        var wanted = flip.matmul(EulerAngles.ToMatrix(angles)).matmul(flip).transpose(1, 2);

        TensorAssert.Close(wanted, ImplicitHead.Rotation(PortraitObjective.Degrees(angles)), 1e-6);
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
