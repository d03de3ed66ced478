using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>A model of frames that looks up in learned codes what a motion and a moved source lack: what it looks up can be seen, and left out.</summary>
public interface ICompensatedModel
{
    /// <summary>Generates as <see cref="TalkingHeadModel.Generate"/> does, with some of the compensation left out.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="motion">The motion that the source is to make.</param>
    /// <param name="parts">What is compensated.</param>
    /// <exception cref="ArgumentException">States of another model.</exception>
    Generated Generate(SourceState source, MotionState motion, Compensation parts);

    /// <summary>Which codes are looked at most, place by place.</summary>
    /// <param name="source">State of the source.</param>
    /// <param name="motion">The motion that the source is to make.</param>
    /// <returns>One for each resolution, the smallest first.</returns>
    /// <exception cref="ArgumentException">States of another model.</exception>
    IReadOnlyList<CodeUse> Codes(SourceState source, MotionState motion);
}

/// <summary>What codes complete.</summary>
[Flags]
public enum Compensation
{
    /// <summary>Nothing: the first motion stays, and the features that it moves are decoded as they are.</summary>
    None = 0,

    /// <summary>The motion and its occlusion.</summary>
    Motion = 1,

    /// <summary>The moved features.</summary>
    Appearance = 2,

    /// <summary>Both, as the model was trained.</summary>
    All = Motion | Appearance,
}

/// <summary>The codes that the places of a frame look at most, at one resolution.</summary>
/// <param name="Side">Side of the features that are completed, pixels.</param>
/// <param name="CodeCount">How many codes this resolution may look at: the first of each codebook.</param>
/// <param name="Motion">Rows of the codebook of motion, [N, t, t], int64.</param>
/// <param name="Appearance">Rows of the codebook of appearance, [N, t, t], int64.</param>
public sealed record CodeUse(int Side, int CodeCount, Tensor Motion, Tensor Appearance) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Motion, Appearance];
}
