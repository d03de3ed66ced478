using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>N maps x ↦ scale · R · x + t of space.</summary>
/// <param name="Scale">[N], positive.</param>
/// <param name="Rotation">[N, 3, 3], for column vectors.</param>
/// <param name="Translation">[N, 3].</param>
internal readonly record struct Similarity(Tensor Scale, Tensor Rotation, Tensor Translation) : ITensorRecord
{
    /// <summary>Moves points.</summary>
    /// <param name="points">[N, P, 3], or [P, 3] for the same points under every map.</param>
    /// <returns>[N, P, 3].</returns>
    public Tensor Apply(Tensor points)
    {
        using var scope = NewDisposeScope();
        var turned = matmul(points, Rotation.transpose(1, 2));
        return ((turned * Scale.view(-1, 1, 1)) + Translation.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Moves points back: the inverse of <see cref="Apply"/>.</summary>
    /// <param name="points">[N, P, 3].</param>
    /// <returns>[N, P, 3].</returns>
    public Tensor Undo(Tensor points)
    {
        using var scope = NewDisposeScope();
        var moved = (points - Translation.unsqueeze(1)) / Scale.view(-1, 1, 1);
        return matmul(moved, Rotation).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Scale, Rotation, Translation];
}
