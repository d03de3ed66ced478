using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The parameters and running statistics that batch and instance normalisation share.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    private protected NormBase(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = new Parameter(ones([num_features], dtype, device));
            bias = new Parameter(zeros([num_features], dtype, device));
            register_parameter("weight", weight);
            register_parameter("bias", bias);
        }
        if (!track_running_stats) return;
        running_mean = zeros([num_features], dtype, device);
        running_var = ones([num_features], dtype, device);
        num_batches_tracked = zeros([], ScalarType.Int64, device);
        register_buffer("running_mean", running_mean);
        register_buffer("running_var", running_var);
        register_buffer("num_batches_tracked", num_batches_tracked);
    }

    public long num_features { get; }

    public double eps { get; set; }

    public double? momentum { get; set; }

    public bool affine { get; }

    public bool track_running_stats { get; }

    public Parameter weight { get; set; } = null!;

    public Parameter? bias { get; set; }

    public Tensor? running_mean { get; set; }

    public Tensor? running_var { get; set; }

    public Tensor? num_batches_tracked { get; set; }

    protected abstract void ValidateInputDimensions(Tensor input);

    private protected static void CheckFourDimensions(Tensor input, string name)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.ndim != 4) throw new ArgumentException($"{name} takes [N, C, H, W], not {input}");
    }

    private protected static void CheckDimensions(Tensor input, string name, int fewest, int most, string expected)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.ndim < fewest || input.ndim > most) throw new ArgumentException($"{name} takes {expected}, not {input}");
    }
}

/// <summary>Normalisation over batch and space, with running statistics for evaluation.</summary>
public abstract class BatchNorm : NormBase
{
    private protected BatchNorm(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        if (training && num_batches_tracked is { } count) count.add_(1);
        return nn.functional.batch_norm(
            input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0, eps);
    }
}

/// <summary>Batch normalisation of <c>[N, C]</c> or <c>[N, C, L]</c>.</summary>
public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input) => CheckDimensions(input, nameof(BatchNorm1d), 2, 3, "[N, C] or [N, C, L]");
}

/// <summary>Batch normalisation of <c>[N, C, H, W]</c>.</summary>
public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input) => CheckFourDimensions(input, nameof(BatchNorm2d));
}

/// <summary>Batch normalisation of <c>[N, C, T, H, W]</c>.</summary>
public sealed class BatchNorm3d : BatchNorm
{
    internal BatchNorm3d(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm3d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input) => CheckDimensions(input, nameof(BatchNorm3d), 5, 5, "[N, C, T, H, W]");
}

/// <summary>Normalisation of each channel of each sample over space.</summary>
public abstract class InstanceNorm : NormBase
{
    private protected InstanceNorm(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        return nn.functional.instance_norm(
            input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0, eps);
    }
}

/// <summary>Instance normalisation of <c>[N, C, H, W]</c>.</summary>
public sealed class InstanceNorm2d : InstanceNorm
{
    internal InstanceNorm2d(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(InstanceNorm2d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input) => CheckFourDimensions(input, nameof(InstanceNorm2d));
}
