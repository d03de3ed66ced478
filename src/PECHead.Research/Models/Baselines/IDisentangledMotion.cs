using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>A model whose motion a <see cref="DisentanglingNetwork"/> separates into shape and pose.</summary>
internal interface IDisentangledMotion
{
    /// <summary>The network; null where the model has none.</summary>
    DisentanglingNetwork? Disentangling { get; }

    /// <summary>What the network learns from two frames of one person: to undo a change of the driving shape with what the source shows of it.</summary>
    /// <param name="source">Frames [N, 3, S, S].</param>
    /// <param name="driving">Frames of the same people.</param>
    /// <param name="scale">How much wider and higher the driving motion is made, [N, 1, 2].</param>
    DisentanglingTask Task(Tensor source, Tensor driving, Tensor scale);
}

/// <summary>What a <see cref="DisentanglingNetwork"/> reads, and what it is to give.</summary>
/// <param name="Shape">[N, size]: motion of the source.</param>
/// <param name="Pose">[N, size]: scaled motion of the driving frame.</param>
/// <param name="Wanted">[N, size]: motion of the driving frame as it is.</param>
/// <param name="Widths">Numbers of each kind that describe a point, such as 2 for its place and 4 for its axes.</param>
internal sealed record DisentanglingTask(Tensor Shape, Tensor Pose, Tensor Wanted, IReadOnlyList<long> Widths) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Shape, Pose, Wanted];
}
