using PECHead.Research.Layers;
using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>
/// Dense flow without learned weights, from coarse to fine: at each level the previous frame is warped by the flow so far,
/// and a small step is solved that explains what remains in a window and agrees with the flow around it.
/// </summary>
/// <remarks>
/// <b>Paper:</b> Lucas and Kanade (1981) for the window; Bruhn, Weickert and Schnörr, Lucas/Kanade Meets Horn/Schunck
/// (IJCV 2005), Sec. 3, for the tie between neighbours, which carries the flow into plain skin and background.
/// <b>Choice:</b> outliers are weighted down by 1/√(r² + ε²); every number of steps is fixed, so the time is too.
/// </remarks>
public sealed class PyramidalLucasKanade : IFlowEstimator
{
    private const double PyramidSigma = 0.8;
    private const double LevelSigma = 0.6;
    private const double LargestStep = 1;      // pixels between two warps: the linearisation holds no further

    private readonly PyramidalLucasKanadeConfig _config;

    /// <summary>Builds the estimator.</summary>
    /// <param name="config">Its settings; absent: the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting lies outside of its range.</exception>
    public PyramidalLucasKanade(PyramidalLucasKanadeConfig? config = null)
    {
        _config = config ?? new PyramidalLucasKanadeConfig();
        _config.Validate();
    }

    /// <inheritdoc/>
    public Tensor Estimate(Tensor current, Tensor previous)
    {
        TensorGuard.Shape(current, nameof(current), TensorGuard.Any, 3, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(previous, nameof(previous), current.shape);
        if (current.size(2) < 4 || current.size(3) < 4)
            throw new ArgumentException($"Frames of {current.size(3)}x{current.size(2)} px have no flow; they need 4 px a side.", nameof(current));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var levels = Pyramid(current.to(ScalarType.Float32)).Zip(Pyramid(previous.to(ScalarType.Float32))).Reverse();
        Tensor? flow = null;
        foreach (var (now, before) in levels)
        {
            flow = flow is null
                ? zeros([now.size(0), now.size(2), now.size(3), 2], ScalarType.Float32, now.device)
                : FlowField.Resize(flow, now.size(2), now.size(3));
            flow = Refine(flow, now, before);
        }
        return flow!.MoveToOuterDisposeScope();
    }

    private List<Tensor> Pyramid(Tensor frames)
    {
        using var blur = new GaussianBlur(PyramidSigma, 3, frames.device);
        var levels = new List<Tensor> { frames };
        while (Math.Min(levels[^1].size(2), levels[^1].size(3)) / 2 >= _config.CoarsestSide)
        {
            var last = levels[^1];
            levels.Add(Warping.ResizeMap(blur.Apply(last), (last.size(2) + 1) / 2, (last.size(3) + 1) / 2));
        }
        return levels;
    }

    /// <summary>One level: [N, H, W, 2] in its pixels, from a first guess to a better one.</summary>
    private Tensor Refine(Tensor flow, Tensor current, Tensor previous)
    {
        using var scope = NewDisposeScope();
        using var prefilter = new GaussianBlur(LevelSigma, 3, current.device);
        using var window = new GaussianBlur(_config.Window, 5, current.device);
        using var neighbourhood = new GaussianBlur(_config.Neighbourhood, 2, current.device);
        var (now, before) = (prefilter.Apply(current), prefilter.Apply(previous));
        var (nowX, nowY) = Gradients(now);
        for (int i = 0; i < _config.Warps; i++)
        {
            using var inner = NewDisposeScope();
            var warped = Warping.Sample(
                before, FlowField.ToDeformation(flow, now.size(2), now.size(3)), alignCorners: true, GridSamplePaddingMode.Border);
            var (warpedX, warpedY) = Gradients(warped);
            var tensor = window.Apply(StructureTensor((nowX + warpedX) / 2, (nowY + warpedY) / 2, warped - now));
            flow = Solve(flow.permute(0, 3, 1, 2), tensor, neighbourhood).permute(0, 2, 3, 1).MoveToOuterDisposeScope();
        }
        return flow.contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Central differences [N, 3, H, W] along x and y.</summary>
    private static (Tensor X, Tensor Y) Gradients(Tensor maps)
    {
        using var scope = NewDisposeScope();
        long height = maps.size(2), width = maps.size(3);
        var padded = nn.functional.pad(maps, [1, 1, 1, 1], TorchSharp.PaddingModes.Replicate);
        var (rows, columns) = (padded.narrow(2, 1, height), padded.narrow(3, 1, width));
        var x = (rows.narrow(3, 2, width) - rows.narrow(3, 0, width)) / 2;
        var y = (columns.narrow(2, 2, height) - columns.narrow(2, 0, height)) / 2;
        return (x.MoveToOuterDisposeScope(), y.MoveToOuterDisposeScope());
    }

    /// <summary>[N, 5, H, W]: xx, xy, yy, xt, yt, summed over the colours, outliers weighted down.</summary>
    private Tensor StructureTensor(Tensor x, Tensor y, Tensor difference)
    {
        using var scope = NewDisposeScope();
        var weight = (difference.square() + _config.Outlier * _config.Outlier).rsqrt();
        var (weightedX, weightedY) = (x * weight, y * weight);
        return stack(
            [(weightedX * x).sum(1), (weightedX * y).sum(1), (weightedY * y).sum(1), (weightedX * difference).sum(1), (weightedY * difference).sum(1)],
            1).MoveToOuterDisposeScope();
    }

    /// <summary>Minimises (step in the window's quadratic form) + smoothness·|flow + step − flow around|² by fixed-point steps.</summary>
    private Tensor Solve(Tensor flow, Tensor tensor, GaussianBlur neighbourhood)
    {
        using var scope = NewDisposeScope();
        double tie = _config.Smoothness;
        var (xx, xy, yy) = (tensor.select(1, 0) + tie, tensor.select(1, 1), tensor.select(1, 2) + tie);
        var inverse = (xx * yy - xy * xy).reciprocal();
        var form = stack([yy * inverse, -xy * inverse, -xy * inverse, xx * inverse], 1);        // inverse of the 2x2 matrix
        var (first, second) = (form.narrow(1, 0, 2), form.narrow(1, 2, 2));
        var data = tensor.narrow(1, 3, 2);
        var result = flow;
        for (int i = 0; i < _config.Steps; i++)
        {
            using var inner = NewDisposeScope();
            var right = tie * (neighbourhood.Apply(result) - flow) - data;                       // [N, 2, H, W]
            var step = stack([(first * right).sum(1), (second * right).sum(1)], 1);
            result = (flow + step.clamp(-LargestStep, LargestStep)).MoveToOuterDisposeScope();
        }
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Nothing to free: there are no weights.</summary>
    public void Dispose()
    {
    }
}
