using static TorchSharp.torch;

namespace PECHead.Research.Runtime;

/// <summary>A value that is made of tensors and lives as long as they do.</summary>
public interface ITensorRecord
{
    /// <summary>The tensors that live and die with the value; tensors that belong to others are left out.</summary>
    IEnumerable<Tensor> Tensors { get; }
}
