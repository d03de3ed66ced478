using PECHead.Research.Checkpoints;
using PECHead.Research.Flow;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Recipes;

/// <summary>What estimates the flow between the source frames of a clip.</summary>
public enum FrameFlow
{
    /// <summary>Pyramidal Lucas-Kanade on frames of half the side: needs no weights.</summary>
    LucasKanade,

    /// <summary>RAFT, from the authors' weights.</summary>
    Raft,
}

/// <summary>Makes the estimators of <see cref="FrameFlow"/>.</summary>
public static class FrameFlows
{
    private const int Reduction = 2;

    /// <summary>Makes an estimator.</summary>
    /// <param name="flow">Which.</param>
    /// <param name="side">Side of the frames in pixels.</param>
    /// <param name="weights">Folder of published weights, for RAFT.</param>
    /// <param name="device">Where RAFT runs.</param>
    /// <returns>The estimator; dispose it. RAFT sees frames of half the side too, unless they would be too small for it.</returns>
    /// <exception cref="FileNotFoundException">There are no weights of RAFT; the message says where to get them.</exception>
    /// <exception cref="CheckpointFormatException">The file of RAFT is damaged, or holds other weights.</exception>
    public static IFlowEstimator Create(FrameFlow flow, int side, WeightFolder weights, Device device)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (flow == FrameFlow.LucasKanade) return new ReducedFlow(new PyramidalLucasKanade(), Reduction);
        var raft = weights.Build(Raft.Published, state => Raft.FromStateDict(state));
        raft.to(device);
        return side / Reduction >= Raft.SmallestSide ? new ReducedFlow(raft, Reduction) : raft;
    }
}
