using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Distribution;

/// <summary>Averages the gradients of all ranks in flat buckets, so that thousands of small tensors take a few messages.</summary>
internal static class GradientExchange
{
    /// <summary>Bytes of a full bucket in float32.</summary>
    public const long BucketBytes = BucketElements * sizeof(float);

    private const long BucketElements = 1 << 22;

    /// <summary>Averages, in place.</summary>
    /// <param name="parameters">Those of the model, in the same order in every rank; those without a gradient are left out.</param>
    /// <param name="world">The ranks.</param>
    /// <param name="precision">Mixed: brain floats on the way. Gradients in float64 are not narrowed.</param>
    public static void Average(IEnumerable<Tensor> parameters, World world, Precision precision = Precision.Full)
    {
        if (world.Size == 1) return;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var bucket = new List<Tensor>();
        long elements = 0;
        foreach (var gradient in parameters.Select(parameter => parameter.grad).OfType<Tensor>())
        {
            bucket.Add(gradient);
            elements += gradient.numel();
            if (elements < BucketElements) continue;
            Average(bucket, world, precision);
            bucket.Clear();
            elements = 0;
        }
        if (bucket.Count > 0) Average(bucket, world, precision);
    }

    private static void Average(List<Tensor> gradients, World world, Precision precision)
    {
        using var scope = NewDisposeScope();
        var type = gradients[0].dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var flat = cat([.. gradients.Select(gradient => gradient.reshape(-1).to(type))]);
        if (precision == Precision.Mixed && type == ScalarType.Float32)
        {
            var narrow = flat.to(ScalarType.BFloat16).cpu();
            world.NarrowMean(narrow);
            flat.copy_(narrow);
        }
        else
        {
            world.Mean(flat);
        }
        long place = 0;
        foreach (var gradient in gradients)
        {
            gradient.copy_(flat.narrow(0, place, gradient.numel()).reshape(gradient.shape));
            place += gradient.numel();
        }
    }
}
