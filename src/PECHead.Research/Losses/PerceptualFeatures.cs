using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Maps frames to features in which a difference looks as large as it is.</summary>
public abstract class PerceptualFeatures : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected PerceptualFeatures(string name) : base(name)
    {
    }

    /// <summary>What these features are; goes into the log of every run.</summary>
    public abstract string Name { get; }

    /// <summary>How many times smaller the copies of a frame are on which the features are taken; 1 is the frame.</summary>
    public abstract IReadOnlyList<int> Reductions { get; }

    /// <summary>Smallest side in pixels that the features accept.</summary>
    public abstract int SmallestSide { get; }
}
