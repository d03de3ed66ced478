namespace PECHead.Research.Motion;

/// <summary>The motion of the last branch: the only one, or the local one.</summary>
internal sealed class LastMotion : FrameMotion
{
    /// <summary>Builds the module; it has no parameters.</summary>
    public LastMotion() : base(nameof(LastMotion)) => RegisterComponents();

    /// <summary>Chooses.</summary>
    /// <param name="input">The motions, global before local.</param>
    /// <returns>The same values under handles of their own.</returns>
    public override MotionField forward(IReadOnlyList<MotionField> input)
        => new(input[^1].Deformation.alias(), input[^1].Occlusion.alias(), input[^1].Features.alias());
}
