using PECHead.Research.Landmarks;
using PECHead.Research.Losses;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Losses;

/// <summary>PECHead, Eq. 5: the weighted sum of the terms.</summary>
public sealed class TrainingObjectiveTests
{
    private static readonly LossWeights Nothing = new() { Pixel = 0, Perceptual = 0, KeypointSpread = 0, Equivariance = 0, Warp = 0, FaceParts = 0 };

    [Fact]
    public void Evaluate_SumsTheWeightedTerms()
    {
        using var scope = NewDisposeScope();
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures(2));
        var weights = new LossWeights { Pixel = 1, Perceptual = 2, KeypointSpread = 3, Equivariance = 4, Warp = 5, FaceParts = 0, Adversarial = 6 };

        var numbers = new TrainingObjective(weights, perceptual).Evaluate(Sample()).ToNumbers();

        Assert.Equal(["total", "pixel", "perceptual", "spread", "equivariance", "warp", "adversarial"], numbers.Keys);
        double sum = numbers["pixel"] + 2 * numbers["perceptual"] + 3 * numbers["spread"]
            + 4 * numbers["equivariance"] + 5 * numbers["warp"] + 6 * numbers["adversarial"];
        Assert.Equal(sum, numbers["total"], 4);
    }

    [Fact]
    public void Constructor_LeavesOutTermsOfWeightZero()
    {
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures(2));

        Assert.Equal(["warp"], new TrainingObjective(Nothing with { Warp = 1 }, perceptual).TermNames);
    }

    [Fact]
    public void Constructor_WithoutAnyTerm_OrWithANegativeWeight_Throws()
    {
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures(2));

        Assert.Throws<ArgumentException>(() => new TrainingObjective(Nothing, perceptual));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingObjective(Nothing with { Pixel = -1 }, perceptual));
    }

    private static Reconstruction Sample()
    {
        using var generator = new Generator(3);
        Tensor Frame() => rand([2, 3, 8, 8], generator: generator);
        Keypoints Points() => new(rand([2, 3, 2], generator: generator) - 0.5);
        return new Reconstruction(
            Frame(), Frame(), Frame(), [rand([2, 2, 2, 2], generator: generator)],
            new LearnedKeypoints(Points(), Points(), Points(), ThinPlateSpline.Random(2, new ThinPlateSplineConfig(), generator, CPU)),
            [randn([2, 1, 3, 3], generator: generator), randn([2, 1, 1, 1], generator: generator)]);
    }

    [Fact]
    public void The_spread_of_both_sets_of_keypoints_counts()
    {
        using var scope = NewDisposeScope();
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures(2));
        var objective = new TrainingObjective(Nothing with { KeypointSpread = 1 }, perceptual);
        var apart = new Keypoints(tensor([-1f, 0, 1, 0], [1, 2, 2]));
        var near = new Keypoints(tensor([0f, 0, 0.1f, 0.2f], [1, 2, 2]));      // squared distance 0.05, in both orders

        double Spread(Keypoints source, Keypoints driving) => objective.Evaluate(Sample() with
        {
            Keypoints = new LearnedKeypoints(source, driving, driving, new ThinPlateSpline(eye(2, 3).unsqueeze(0), zeros(1, 4, 1))),
        }).ToNumbers()["total"];

        Assert.Equal([0, 0.1, 0.1, 0.2], new[] { Spread(apart, apart), Spread(near, apart), Spread(apart, near), Spread(near, near) }.Select(value => Math.Round(value, 6)));
    }

    [Fact]
    public void The_value_of_a_clip_is_the_mean_of_its_frames()
    {
        using var scope = NewDisposeScope();
        ObjectiveValue Value(double pixel, double warp) => new(tensor(10 * pixel), [("pixel", tensor(pixel)), ("warp", tensor(warp))]);

        var mean = ObjectiveValue.Mean([Value(1, 5), Value(2, 7), Value(6, 0)]).ToNumbers();

        Assert.Equal(new Dictionary<string, double> { ["total"] = 30, ["pixel"] = 3, ["warp"] = 4 }, mean);
    }

    [Fact]
    public void Terms_that_lack_what_they_look_at_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures(2));
        string Refusal(LossWeights weights, Reconstruction sample) => Assert.Throws<ArgumentException>(() => new TrainingObjective(weights, perceptual).Evaluate(sample)).Message;

        Assert.Contains("keypoints", Refusal(Nothing with { KeypointSpread = 1 }, Sample() with { Keypoints = null }), StringComparison.Ordinal);
        Assert.Contains("landmarks", Refusal(Nothing with { FaceParts = 1 }, Sample()), StringComparison.Ordinal);
        Assert.Contains("discriminator", Refusal(Nothing with { Adversarial = 1 }, Sample() with { Judgements = null }), StringComparison.Ordinal);
    }
}
