using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>A baseline that finds its motion in frames alone and passes nothing from frame to frame.</summary>
/// <remarks>Its direct children are the parts of a published file, under the published names.</remarks>
internal abstract class FrameDrivenModel : TalkingHeadModel
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected FrameDrivenModel(string name) : base(name)
    {
    }

    /// <summary>The configuration, a record of numbers.</summary>
    public abstract object Settings { get; }

    /// <inheritdoc/>
    public override bool NeedsFaces => false;

    /// <summary>Refuses frames of another size, type or device.</summary>
    /// <param name="frames">[N, 3, S, S].</param>
    /// <param name="name">Name of the argument.</param>
    protected void RequireFrames(Tensor frames, string name) =>
        TensorGuard.Input(this, frames, name, TensorGuard.Some, 3, ImageSize, ImageSize);
}
