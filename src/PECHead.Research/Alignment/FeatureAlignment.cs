using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>Moves source features by a dense motion.</summary>
internal abstract class FeatureAlignment : nn.Module<Tensor, MotionField, AlignedFeatures>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected FeatureAlignment(string name) : base(name)
    {
    }
}
