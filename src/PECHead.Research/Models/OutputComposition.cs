namespace PECHead.Research.Models;

/// <summary>What the decoder's output stands for.</summary>
public enum OutputComposition
{
    /// <summary>The frame itself: sigmoid of the logits.</summary>
    Decoded,

    /// <summary>
    /// What is to change in the warped source frame W(x^s, w) where it is visible: sigmoid of o·logit(W) plus the logits.
    /// </summary>
    Residual,

    /// <summary>
    /// What takes the place of the warped source frame where a mask m of the decoder and the occlusion o let it:
    /// m·o·W + (1 − m·o)·sigmoid of the logits. Texture that the decoder does not touch is the source's own.
    /// </summary>
    Blended,
}
