using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>A module that multiplies otherwise than its weight's shape says, and counts it.</summary>
public interface ICountedArithmetic
{
    /// <summary>Multiplications with weights in one pass.</summary>
    /// <param name="input">What the pass was given.</param>
    /// <param name="output">What it returned.</param>
    double Products(Tensor input, Tensor output);
}
