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
}
