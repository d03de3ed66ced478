using PECHead.Torch.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Adam (Kingma and Ba, 2015), one fused native pass a parameter.</summary>
public class Adam : OptimizerHelper
{
    private static readonly Operator Update = new("pechead::adam_");

    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _eps;
    private readonly double _weightDecay;
    private readonly Moments[] _moments;

    public Adam(
        IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0,
        bool amsgrad = false, bool maximize = false)
        : base(parameters, lr)
    {
        if (amsgrad || maximize) throw new NotSupportedException("amsgrad and maximize are not part of this binding");
        if (lr < 0 || eps < 0 || weight_decay < 0 || beta1 is < 0 or >= 1 || beta2 is < 0 or >= 1)
        {
            throw new ArgumentException($"Adam: lr {lr}, betas ({beta1}, {beta2}), eps {eps}, weight decay {weight_decay}");
        }
        (_beta1, _beta2, _eps, _weightDecay) = (beta1, beta2, eps, weight_decay);
        _moments = [.. base.parameters().Select(_ => new Moments())];
    }

    public override Tensor step(Func<Tensor>? closure = null)
    {
        var loss = closure?.Invoke();
        using var quiet = no_grad();
        for (var i = 0; i < _moments.Length; i++)
        {
            var parameter = ParameterAt(i);
            using var gradient = parameter.grad;
            if (gradient is null) continue;
            var moments = _moments[i];
            moments.Mean ??= zeros_like(parameter).DetachFromDisposeScope();
            moments.Square ??= zeros_like(parameter).DetachFromDisposeScope();
            moments.Step++;
            Update.CallInPlace(
                parameter, gradient, moments.Mean, moments.Square, moments.Step, LearningRate, _beta1, _beta2, _eps, _weightDecay);
        }
        return loss!;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) foreach (var moments in _moments) moments.Dispose();
        base.Dispose(disposing);
    }

    private protected override void SaveState(BinaryWriter writer, int index)
    {
        var moments = _moments[index];
        writer.Write7BitEncodedInt64(moments.Step);
        if (moments.Step == 0) return;
        moments.Mean!.Save(writer);
        moments.Square!.Save(writer);
    }

    private protected override Action ReadState(BinaryReader reader, int index)
    {
        var parameter = ParameterAt(index);
        var moments = _moments[index];
        var step = reader.Read7BitEncodedInt64();
        if (step < 0) throw new FormatException($"step {step}");
        var mean = step == 0 ? null : Restore(reader, parameter);
        var square = step == 0 ? null : Restore(reader, parameter);
        return () =>
        {
            moments.Dispose();
            (moments.Step, moments.Mean, moments.Square) = (step, mean, square);
        };
    }

    /// <summary>Reads a moment into the memory layout and device of its parameter.</summary>
    private static Tensor Restore(BinaryReader reader, Parameter parameter)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var stored = TensorExtensionMethods.Load(reader);
        if (!stored.shape.AsSpan().SequenceEqual(parameter.shape))
        {
            throw new FormatException($"it has a moment of shape [{string.Join(", ", stored.shape)}] for a parameter of shape [{string.Join(", ", parameter.shape)}]");
        }
        return zeros_like(parameter).copy_(stored).DetachFromDisposeScope();
    }

    private sealed class Moments : IDisposable
    {
        public long Step { get; set; }

        public Tensor? Mean { get; set; }

        public Tensor? Square { get; set; }

        public void Dispose()
        {
            Mean?.Dispose();
            Square?.Dispose();
        }
    }
}
