using PECHead.Research.Losses;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Losses;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Losses.</summary>
internal static class LossEntries
{
    private static readonly PyramidPerceptualLoss Perceptual = new(new ImagePyramidFeatures(2));
    private static readonly Vgg19Features Vgg = Vgg19Features.FromStateDict(Vgg19FeaturesTests.Weights());
    private static readonly TrainingObjective Objective = new(new LossWeights { FaceParts = 1, Adversarial = 1 }, Perceptual);

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("AdversarialLoss.OfGenerator(generated)", p => AdversarialLoss.OfGenerator([p.Of("generated", 2, 1, 3, 3), p.Of("generated", 2, 1, 2, 2)])),
        new("AdversarialLoss.OfDiscriminator(real, generated)", p => AdversarialLoss.OfDiscriminator([p.Of("real", 2, 1, 3, 3)], [p.Of("generated", 2, 1, 2, 2)])),
        new("EquivarianceLoss.Evaluate(keypoints, ofTransformed)", p => EquivarianceLoss.Evaluate(p.Points("keypoints", 2, 3, 2), p.Points("ofTransformed", 2, 3, 2), Turn())),
        new("ImagePyramidFeatures.forward(input)", p => new ImagePyramidFeatures(2).call(p.Of("input", 2, 3, 8, 8))),
        new("KeypointSpreadLoss.Evaluate(keypoints)", p => KeypointSpreadLoss.Evaluate(p.Points("keypoints", 2, 3, 2))),
        new("ObjectiveValue.Mean(values)", p => ObjectiveValue.Mean([Value(p), Value(p)])),
        new("PixelLoss.Evaluate(generated, driving)", p => PixelLoss.Evaluate(p.Of("generated", 2, 3, 4, 5), p.Of("driving", 2, 3, 4, 5))),
        new("PyramidPerceptualLoss.forward(input1, input2)", p => Perceptual.call(p.Of("generated", 2, 3, 16, 16), p.Of("driving", 2, 3, 16, 16))),
        new("TrainingObjective.Evaluate(reconstruction)", p => Objective.Evaluate(new Reconstruction(
            p.Of("Source", 2, 3, 16, 16), p.Of("Driving", 2, 3, 16, 16), p.Of("Image", 2, 3, 16, 16), [p.Of("Deformations", 2, 4, 4, 2)],
            new LearnedKeypoints(p.Points("Keypoints", 2, 3, 2), p.Points("Keypoints", 2, 3, 2), p.Points("Keypoints", 2, 3, 2), Turn()),
            [p.Of("Judgements", 2, 1, 3, 3)], p.Points("Landmarks", 2, 68, 2)))),
        new("Vgg19Features.forward(input)", p => Vgg.call(p.Of("input", 1, 3, 32, 32)), Every: 3),
        new("WarpLoss.Evaluate(source, driving, deformations)", p => WarpLoss.Evaluate(p.Of("source", 2, 3, 8, 8), p.Of("driving", 2, 3, 8, 8), p.Of("deformations", 2, 4, 4, 2), p.Of("deformations", 2, 2, 2, 2))),
    ];

    private static SimilarityTransform Turn() => new(zeros(2), zeros(2), zeros(2, 2));

    private static ObjectiveValue Value(Probe p) => new(p.Of("values"), [("pixel", p.Of("values"))]);
}
