using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Acceleration;

/// <summary>What makes models fast and has no method in TorchSharp: mixed precision and memory layout.</summary>
public static class Accelerator
{
    /// <summary>Whether <see cref="MixedPrecision"/> changes anything.</summary>
    public static bool HasMixedPrecision => Autocast.IsAvailable;

    /// <summary>The thread's convolutions and matrix products run in <paramref name="precision"/> until disposal.</summary>
    /// <param name="device">The device of the tensors.</param>
    /// <param name="precision">The arithmetic; parameters and their gradients stay float32.</param>
    /// <returns>The region; where mixed precision is not available, it changes nothing.</returns>
    public static IDisposable MixedPrecision(Device device, Precision precision)
        => precision == Precision.Mixed && HasMixedPrecision ? new Autocast(device.type) : new Unchanged();

    /// <summary>Lays a batch of frames out with the channels of a pixel side by side, which convolutions prefer.</summary>
    /// <param name="frames">[N, C, H, W].</param>
    /// <returns>The same values and shape.</returns>
    public static Tensor ChannelsLast(Tensor frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.IsInvalid) throw new ObjectDisposedException(nameof(frames), "frames: Expected shape [N, C, H, W], received a disposed tensor.");
        if (frames.ndim != 4) throw new ArgumentException($"Expected shape [N, C, H, W], received [{string.Join(", ", frames.shape)}].", nameof(frames));
        using var scope = NewDisposeScope();
        return frames.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Lays the 4-D weights of a module out in the same way, in place.</summary>
    /// <param name="module">Any module.</param>
    public static void ChannelsLast(nn.Module module)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        foreach (var tensor in module.parameters().Cast<Tensor>().Concat(module.buffers()))
        {
            if (tensor.ndim == 4) tensor.set_(ChannelsLast(tensor));
        }
    }

    /// <summary>
    /// Gives a model the form for inference: batch normalisations are folded into the convolutions in front of them, and with mixed
    /// precision the weights are narrowed once instead of in every frame.
    /// </summary>
    /// <param name="module">A model whose weights no longer change. It cannot be trained, saved or read from afterwards.</param>
    /// <param name="precision">Of every region of mixed precision that the model will run in.</param>
    public static void ForInference(nn.Module module, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var quiet = no_grad();
        module.eval();
        nn.Module[] parts = [.. module.modules().Prepend(module).Distinct()];
        foreach (var part in parts.OfType<IInferenceForm>()) part.Simplify();
        module.Frozen();
        if (precision != Precision.Mixed || !HasMixedPrecision) return;
        HashSet<nn.Module> kept = [.. parts.OfType<IKeepsPrecision>().SelectMany(part => ((nn.Module)part).modules())];
        foreach (var part in parts.Where(IsNarrowed).Where(part => !kept.Contains(part))) part.to(ScalarType.BFloat16);
    }

    // What mixed precision would narrow anyway. Other modules do more with their weights than a convolution or a product.
    private static bool IsNarrowed(nn.Module part)
        => part is Conv2d or Linear || (part is IInferenceForm && part.parameters(recurse: false).Any(weight => weight.ndim == 4));

    private sealed class Unchanged : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
