using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>What a model computes once of a source, however many driving frames follow.</summary>
/// <param name="Source">Source frames, with their faces where the model is told of them; owned by the caller.</param>
public abstract record SourceState(FaceFrame Source) : ITensorRecord, IDisposable
{
    /// <summary>Source frames [N, 3, S, S], RGB in [0, 1].</summary>
    public Tensor Frame => Source.Image;

    /// <summary>The computed tensors; the source frames stay the caller's.</summary>
    public abstract IEnumerable<Tensor> Tensors { get; }

    /// <summary>Frees the computed tensors.</summary>
    public void Dispose()
    {
        this.Free();
        GC.SuppressFinalize(this);
    }
}
