using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>Turns a flow in pixels into a deformation, and resizes it.</summary>
public static class FlowField
{
    /// <summary>The deformation that warps the previous frame, or features of it, into the current one.</summary>
    /// <param name="flow">[N, H, W, 2], (x, y) in pixels.</param>
    /// <param name="height">Rows of the result, at least 2.</param>
    /// <param name="width">Columns of the result, at least 2.</param>
    /// <returns>[N, height, width, 2], (x, y) in [-1, 1], for sampling with <c>alignCorners: true</c>.</returns>
    /// <remarks><b>Choice:</b> a flow is resized between pixel centres and scaled with the sides, as a deformation is.</remarks>
    public static Tensor ToDeformation(Tensor flow, long height, long width)
    {
        TensorGuard.Shape(flow, nameof(flow), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any, 2);
        return Warping.FlowDeformation(flow, height, width);
    }

    /// <summary>Interpolates a flow to another resolution, in pixels of that resolution.</summary>
    /// <param name="flow">[N, H, W, 2], H and W at least 2.</param>
    /// <param name="height">Rows of the result, at least 2.</param>
    /// <param name="width">Columns of the result, at least 2.</param>
    /// <returns>[N, height, width, 2].</returns>
    public static Tensor Resize(Tensor flow, long height, long width)
    {
        TensorGuard.Shape(flow, nameof(flow), TensorGuard.Any, TensorGuard.Some, TensorGuard.Some, 2);
        Warping.RequireSize(height, width);
        if (flow.size(1) == height && flow.size(2) == width)
            return flow.alias();
        using var scope = NewDisposeScope();
        var scale = PixelSize(flow.size(1), flow.size(2), flow) / PixelSize(height, width, flow);
        return (Warping.ResizeDeformation(flow, height, width) * scale).MoveToOuterDisposeScope();
    }

    /// <summary>Mean distance of two flows in pixels, the end-point error.</summary>
    /// <param name="flow">[N, H, W, 2].</param>
    /// <param name="truth">[N, H, W, 2].</param>
    /// <param name="valid">[N, H, W], 1 where it counts and 0 elsewhere.</param>
    /// <returns>[N].</returns>
    public static Tensor EndPointError(Tensor flow, Tensor truth, Tensor valid)
    {
        TensorGuard.Shape(flow, nameof(flow), TensorGuard.Any, TensorGuard.Any, TensorGuard.Any, 2);
        TensorGuard.Shape(truth, nameof(truth), flow.shape);
        TensorGuard.Sizes(valid, nameof(valid), flow.shape.AsSpan(0, 3));
        using var scope = NewDisposeScope();
        var distance = (flow - truth).square().sum(-1).sqrt() * valid;
        return (distance.sum([1, 2]) / valid.sum([1, 2]).clamp_min(1)).MoveToOuterDisposeScope();
    }

    private static Tensor PixelSize(long height, long width, Tensor like) =>
        tensor(new[] { 2f / (width - 1), 2f / (height - 1) }).to(like.dtype).to(like.device);
}
