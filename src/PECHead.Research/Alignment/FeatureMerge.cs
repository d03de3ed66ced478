using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>Turns the aligned features of the motion branches into the one map f^a that the decoder goes on with.</summary>
internal abstract class FeatureMerge : nn.Module<IReadOnlyList<AlignedFeatures>, Tensor>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected FeatureMerge(string name) : base(name)
    {
    }
}
