using static TorchSharp.torch;

namespace PECHead.Research.Motion;

/// <summary>Turns the motions of the branches into the one that moves the source frame itself.</summary>
internal abstract class FrameMotion : nn.Module<IReadOnlyList<MotionField>, MotionField>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected FrameMotion(string name) : base(name)
    {
    }
}
