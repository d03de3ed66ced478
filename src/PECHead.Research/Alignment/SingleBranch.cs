using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>No merge: there is one branch.</summary>
internal sealed class SingleBranch : FeatureMerge
{
    /// <summary>Builds the module; it has no parameters.</summary>
    public SingleBranch() : base(nameof(SingleBranch)) => RegisterComponents();

    /// <summary>Passes the features on.</summary>
    /// <param name="input">Aligned features of one branch.</param>
    public override Tensor forward(IReadOnlyList<AlignedFeatures> input) => input.Single().Features.alias();
}
