using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Propagation;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>A clip that a model rebuilt from its first frame, with what it remembered on the way.</summary>
/// <param name="Driving">The clip's own frames [T, 3, S, S], RGB in [0, 1].</param>
/// <param name="Frames">The generated frames, of the same shape.</param>
/// <param name="Contexts">What each frame left for the next one; none where the model passes nothing on.</param>
public sealed record GeneratedClip(Tensor Driving, Tensor Frames, IReadOnlyList<PropagationState> Contexts)
{
    /// <summary>Rebuilds a clip.</summary>
    /// <param name="model">In evaluation mode, on the CPU.</param>
    /// <param name="store">Frames of the model's size, with their faces.</param>
    /// <param name="clip">Which frames.</param>
    /// <param name="propagates">Whether a frame may know of those before it; false lets every frame be the first.</param>
    public static GeneratedClip Of(TalkingHeadModel model, FaceStore store, DrivenClip clip, bool propagates = true)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var source = store.Read([clip.Source], CPU);
        using var animation = new SourceAnimation(model, source.AsSource(store.Reconstructor), propagates: propagates);
        var images = new List<Tensor>();
        var contexts = new List<PropagationState>();
        foreach (int frame in clip.Driving)
        {
            using var moment = NewDisposeScope();
            var driving = store.Read([frame], CPU).AsDriving(source.Coefficients, store.Reconstructor);
            var generated = animation.Next(driving);
            images.Add(generated.Image.MoveToOuterDisposeScope());
            if (generated.Context is { } context) contexts.Add(context.Copy().MoveToOuterDisposeScope());
        }
        var all = store.Read([.. clip.Driving], CPU).Image;
        return new GeneratedClip(all.MoveToOuterDisposeScope(), cat(images).MoveToOuterDisposeScope(), contexts.ConvertAll(context => context.MoveToOuterDisposeScope()));
    }

    /// <summary>Mean absolute error of every frame, [T].</summary>
    public Tensor Errors()
    {
        Require();
        using var scope = NewDisposeScope();
        return (Frames - Driving).abs().mean([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>Flicker of every frame but the first, [T−1]: mean absolute difference of the change that was generated and the change there was.</summary>
    public Tensor Flicker()
    {
        Require();
        using var scope = NewDisposeScope();
        static Tensor Change(Tensor frames) => frames.narrow(0, 1, frames.size(0) - 1) - frames.narrow(0, 0, frames.size(0) - 1);
        return (Change(Frames) - Change(Driving)).abs().mean([1, 2, 3]).MoveToOuterDisposeScope();
    }

    private void Require()
    {
        TensorGuard.Shape(Frames, nameof(Frames), TensorGuard.Some, TensorGuard.Some, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(Driving, nameof(Driving), Frames.shape);
    }
}
