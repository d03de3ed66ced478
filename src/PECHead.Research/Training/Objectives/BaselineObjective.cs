using PECHead.Research.Losses;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>What the objectives of baselines share: single frames, terms with the weights of the experiment, bends of a thin plate.</summary>
internal abstract class BaselineObjective(ObjectiveParts parts) : ModelObjective(parts)
{
    private readonly IReadOnlyDictionary<string, double> _weights = parts.Config.BaselineTerms();

    /// <summary>The weight of a term.</summary>
    /// <param name="name">A name of the recipe.</param>
    protected double Weight(string name) => _weights[name];

    /// <summary>Whether a term has a weight.</summary>
    /// <param name="name">A name of the recipe.</param>
    protected bool Has(string name) => Weight(name) > 0;

    /// <summary>Draws a bend for each frame.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="config">How far bends depart from the identity.</param>
    protected ThinPlateSpline Bend(TrainingBatch batch, ThinPlateSplineConfig config)
        => ThinPlateSpline.Random(batch.Sample.Source[0].Image.size(0), config, batch.Generator, Parts.Device);

    /// <summary>The two terms of affine points that are found in a frame and in its bent copy.</summary>
    /// <param name="points">Of the frame.</param>
    /// <param name="transformed">Of its copy.</param>
    /// <param name="transform">The bend.</param>
    /// <remarks><b>Paper:</b> First Order Motion Model, Sec. 3.1.</remarks>
    protected static IEnumerable<(string Name, Func<Tensor> Evaluate)> Equivariance(AffineKeypoints points, AffineKeypoints transformed, ThinPlateSpline transform) =>
    [
        ("equivariance", () => EquivarianceLoss.Evaluate(points.Keypoints!.Value, transformed.Keypoints!.Value, transform)),
        ("equivariance_jacobian", () => IdentityLoss.Evaluate(
            points.InverseJacobians("driving").matmul(transform.Jacobian(transformed.Positions)).matmul(transformed.Jacobians))),
    ];

    /// <summary>Sums terms up with the weights of the experiment.</summary>
    /// <param name="terms">All terms of the recipe by name; those without a weight are not evaluated.</param>
    protected ObjectiveValue Sum(params IEnumerable<(string Name, Func<Tensor> Evaluate)> terms)
        => ObjectiveValue.Sum(terms.Select(term => (term.Name, _weights[term.Name], term.Evaluate)));
}
