using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>Two encoders and a decoder of small vectors: the shape of one, the pose of another, put together.</summary>
/// <remarks>
/// <b>Paper:</b> Articulated Animation, Sec. 3.5 (animation via disentanglement); Thin-Plate Spline Motion Model uses it on its keypoints.
/// Trained after everything else.
/// </remarks>
internal sealed class DisentanglingNetwork : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Its name in files.</summary>
    public const string Part = "avd_network";

    [ComponentName(Name = "id_encoder")] private readonly Sequential _shape;
    [ComponentName(Name = "pose_encoder")] private readonly Sequential _pose;
    [ComponentName(Name = "decoder")] private readonly Sequential _decoder;

    /// <summary>Builds the network.</summary>
    /// <param name="size">Numbers that describe the motion of a frame.</param>
    /// <param name="hidden">Values between the layers nearest to it; the next have twice and four times as many.</param>
    /// <param name="code">Values that each encoder keeps.</param>
    public DisentanglingNetwork(long size, long hidden, long code) : base(nameof(DisentanglingNetwork))
    {
        _shape = Layers(size, hidden, 2 * hidden, 4 * hidden, code);
        _pose = Layers(size, hidden, 2 * hidden, 4 * hidden, code);
        _decoder = Layers(2 * code, 4 * hidden, 2 * hidden, hidden, size);
        RegisterComponents();
    }

    /// <summary>Gives one frame the pose of another.</summary>
    /// <param name="input1">[N, size]: the frame that keeps its shape.</param>
    /// <param name="input2">[N, size]: the frame whose pose is taken.</param>
    /// <returns>[N, size].</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        return _decoder.call(cat([_pose.call(input2), _shape.call(input1)], 1)).MoveToOuterDisposeScope();
    }

    private static Sequential Layers(params ReadOnlySpan<long> sizes)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (int i = 0; i + 1 < sizes.Length; i++)
        {
            if (i > 0) layers.AddRange([nn.BatchNorm1d(sizes[i]), nn.ReLU()]);
            layers.Add(nn.Linear(sizes[i], sizes[i + 1]));
        }
        return nn.Sequential(layers);
    }
}
