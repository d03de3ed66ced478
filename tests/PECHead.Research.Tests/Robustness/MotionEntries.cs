using PECHead.Research.Acceleration;
using PECHead.Research.Distribution;
using PECHead.Research.Flow;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Flow;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Motion, flow, layout, and what ranks exchange.</summary>
internal static class MotionEntries
{
    private static readonly DenseMotionNetwork Network = new(TinyConfigs.Model.Motion);
    private static readonly Raft Flow = new(iterations: 1);

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("Accelerator.ChannelsLast(frames)", p => Accelerator.ChannelsLast(p.Of("frames", 2, 3, 4, 5))),
        new("FusedAdam.Restore(state)", p => Restored(p)),
        new("World.Sum(tensor)", p => Reduced(p, World.Alone.Sum)),
        new("World.Mean(tensor)", p => Reduced(p, World.Alone.Mean)),
        new("World.Broadcast(tensor)", p => Reduced(p, World.Alone.Broadcast)),
        new("CoordinateGrid.CreateLike(like)", p => CoordinateGrid.CreateLike(3, 4, p.Of("like", 2, 3))),
        new("Warping.Sample(input, deformation)", p => (
            Warping.Sample(p.Of("input", 2, 3, 5, 6), p.Of("deformation", 2, 4, 7, 2), alignCorners: true),
            Warping.Sample(p.Of("input", 2, 3, 5, 6), p.Of("deformation", 2, 4, 7, 2), false, GridSamplePaddingMode.Border),
            Warping.Sample(p.Of("input", 2, 3, 5, 6), p.Of("deformation", 2, 4, 7, 2), true, GridSamplePaddingMode.Reflection))),
        new("Warping.Blend(features, motion)", p => Warping.Blend(p.Of("features", 2, 3, 6, 6), Field(p, 2, 4), alignCorners: true)),
        new("Warping.ResizeDeformation(deformation)", p => Warping.ResizeDeformation(p.Of("deformation", 2, 4, 5, 2), 8, 6)),
        new("Warping.FlowDeformation(flow)", p => Warping.FlowDeformation(p.Of("flow", 2, 4, 5, 2), 8, 6)),
        new("Warping.ResizeMap(map)", p => Warping.ResizeMap(p.Of("map", 2, 3, 4, 5), 8, 6)),
        new("SimilarityTransform.Apply(points)", p => Similar(p).Apply(p.Of("points", 2, 5, 2))),
        new("SimilarityTransform.Apply(keypoints)", p => Similar(p).Apply(p.Points("points", 2, 5, 2))),
        new("SimilarityTransform.Warp(frames)", p => Similar(p).Warp(p.Of("frames", 2, 3, 6, 5))),
        new("SimilarityTransform.Inverse()", p => Similar(p).Inverse()),
        new("ThinPlateSpline.new(affine, coefficients)", p => Spline(p).Warp(p.Of("frames", 2, 3, 4, 4))),
        new("ThinPlateSpline.Apply(points)", p => Spline(p).Apply(p.Of("points", 2, 5, 2))),
        new("ThinPlateSpline.Apply(keypoints)", p => Spline(p).Apply(p.Points("points", 2, 5, 2))),
        new("ThinPlateSpline.Warp(frames)", p => Spline(p).Warp(p.Of("frames", 2, 3, 6, 5))),
        new("DeformableConvolution.Apply(input, offset, weight, bias, mask)", p => DeformableConvolution.Apply(
            p.Of("input", 2, 4, 5, 6), p.Of("offset", 2, 36, 5, 6), p.Of("weight", 3, 4, 3, 3), p.Of("bias", 3), (1, 1), (1, 1), (1, 1), p.Of("mask", 2, 18, 5, 6))),
        new("DenseMotionNetwork.Reduce(source)", p => Network.Reduce(p.Of("source", 2, 3, 32, 32))),
        new("DenseMotionNetwork.Explain(reduced, source, driving)", p => Network.Explain(p.Of("reduced", 2, 3, 8, 8), p.Points("source", 2, 3, 2), p.Points("driving", 2, 3, 2))),
        new("DenseMotionNetwork.forward(input1, input2, input3)", p => Network.call(p.Of("reduced", 2, 3, 8, 8), p.Points("source", 2, 3, 2), p.Points("driving", 2, 3, 2))),
        new("FlowField.ToDeformation(flow)", p => FlowField.ToDeformation(p.Of("flow", 2, 4, 5, 2), 8, 6)),
        new("FlowField.Resize(flow)", p => FlowField.Resize(p.Of("flow", 2, 4, 5, 2), 8, 6)),
        new("FlowField.EndPointError(flow, truth, valid)", p => FlowField.EndPointError(p.Of("flow", 2, 4, 5, 2), p.Of("truth", 2, 4, 5, 2), p.Of("valid", 2, 4, 5))),
        new("PyramidalLucasKanade.Estimate(current, previous)", p => new PyramidalLucasKanade(new PyramidalLucasKanadeConfig { Warps = 1 }).Estimate(p.Of("current", 1, 3, 12, 10), p.Of("previous", 1, 3, 12, 10))),
        new("ReducedFlow.Estimate(current, previous)", p => new ReducedFlow(new StillFlow(), 2).Estimate(p.Of("current", 1, 3, 12, 10), p.Of("previous", 1, 3, 12, 10))),
        new("Raft.Estimate(current, previous)", p => Flow.Estimate(p.Of("current", 1, 3, 128, 128), p.Of("previous", 1, 3, 128, 128)), Every: 4),
        new("Raft.forward(current, previous)", p => Flow.call(p.Of("current", 1, 3, 128, 128), p.Of("previous", 1, 3, 128, 128)), Every: 4),
        new("Raft.FromStateDict(weights)", p => Filled(Weights(p, "fnet.conv1.weight", 64, 3, 7, 7)), Every: 2),
    ];

    public static MotionField Field(Probe p, long batch, long side)
        => new(p.Of("motion.Deformation", batch, side, side, 2), p.Of("motion.Occlusion", batch, 1, side, side), p.Of("motion.Features", batch, 4, side, side));

    private static Tensor Reduced(Probe p, Action<Tensor> reduce)
    {
        var tensor = p.Of("tensor", 2, 3);
        reduce(tensor);
        return tensor;
    }

    private static FusedAdam Restored(Probe p)
    {
        var adam = new FusedAdam([("weight", new Parameter(zeros(3, 4)))], 1e-3);
        adam.Restore(new Dictionary<string, Tensor>
        {
            ["weight.exp_avg"] = p.Of("weight.exp_avg", 3, 4),
            ["weight.exp_avg_sq"] = p.Of("weight.exp_avg_sq", 3, 4),
            ["weight.step"] = tensor(3L),
        });
        return adam;
    }

    private static SimilarityTransform Similar(Probe p) => new(p.Of("Angle", 2), p.Of("LogScale", 2), p.Of("Shift", 2, 2));

    private static ThinPlateSpline Spline(Probe p) => new(p.Of("affine", 2, 2, 3), p.Of("coefficients", 2, 9, 1));

    private static Dictionary<string, Tensor> Weights(Probe p, string name, params long[] shape)
    {
        var weights = Flow.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value);
        weights[name] = p.Of(name, shape);
        return weights;
    }

    private static int Filled(Dictionary<string, Tensor> weights)
    {
        using var network = Raft.FromStateDict(weights, iterations: 1);
        return network.parameters().Count();
    }
}
