using PECHead.Research.Checkpoints;
using PECHead.Research.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Flow;

/// <summary>RAFT, the full model: the flow is refined step by step from look-ups into all pairs of feature vectors.</summary>
/// <remarks>
/// <b>Paper:</b> Teed and Deng, RAFT: Recurrent All-Pairs Field Transforms for Optical Flow (ECCV 2020). Names of the
/// parameters are the authors', so their files (<c>raft-things.pth</c> and its siblings) load as they are.
/// </remarks>
public sealed class Raft : nn.Module<Tensor, Tensor, Tensor>, IFlowEstimator
{
    /// <summary>Smallest side of a frame, pixels: below it the coarsest correlations would be single numbers.</summary>
    public const long SmallestSide = 128;

    private const long Reduction = 8;
    private const long LargestCorrelation = 1L << 29;      // 2 GiB of float32

    [ComponentName(Name = "fnet")] private readonly RaftEncoder _features;
    [ComponentName(Name = "cnet")] private readonly RaftEncoder _context;
    [ComponentName(Name = "update_block")] private readonly RaftUpdate _update;
    private readonly int _iterations;

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="iterations">Refinements, at least 1.</param>
    /// <remarks><b>Choice:</b> 20 refinements, between the authors' 12 in training and 32 on Sintel.</remarks>
    public Raft(int iterations = 20) : base(nameof(Raft))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        _iterations = iterations;
        _features = new RaftEncoder(channels => nn.InstanceNorm2d(channels));
        _context = new RaftEncoder(channels => nn.BatchNorm2d(channels));
        _update = new RaftUpdate();
        RegisterComponents();
    }

    /// <summary>The authors' weights.</summary>
    public static PublishedWeights Published { get; } = new(
        "raft-things", "RAFT, trained on FlyingThings3D", "the flow between frames in training (flow: raft)",
        "princeton-vl/RAFT, models.zip of its download_models.sh", 21.1, [new("raft-things.pth"), new("raft-sintel.pth"), new("raft-kitti.pth")]);

    /// <summary>Builds the network from the authors' weights.</summary>
    /// <param name="weights">Tensors by the authors' names.</param>
    /// <param name="iterations">Refinements, at least 1.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">A name is missing or unknown, or a shape differs; the message lists them.</exception>
    public static Raft FromStateDict(IReadOnlyDictionary<string, Tensor> weights, int iterations = 20)
    {
        var network = new Raft(iterations);
        try
        {
            // The authors register the third norm of a block a second time, inside of its down-sampling.
            ModuleWeights.Fill(network, weights, "RAFT's full model", name => name.Contains(".downsample.1.", StringComparison.Ordinal));
            return ModuleWeights.Frozen(network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor Estimate(Tensor current, Tensor previous)
    {
        TensorGuard.Shape(current, nameof(current), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Shape(previous, nameof(previous), current.shape);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        long height = current.size(2), width = current.size(3);
        long missingRows = (Reduction - height % Reduction) % Reduction, missingColumns = (Reduction - width % Reduction) % Reduction;
        Tensor Padded(Tensor frames) => nn.functional.pad(
            frames.to(ScalarType.Float32),
            [missingColumns / 2, missingColumns - missingColumns / 2, missingRows / 2, missingRows - missingRows / 2], TorchSharp.PaddingModes.Replicate);
        var flow = call(Padded(current), Padded(previous));
        return flow.narrow(2, missingRows / 2, height).narrow(3, missingColumns / 2, width)
            .permute(0, 2, 3, 1).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Estimates the flow; gradients flow through all but the positions of the look-ups.</summary>
    /// <param name="current">[N, 3, H, W], RGB in [0, 1], sides multiples of 8 and at least <see cref="SmallestSide"/>.</param>
    /// <param name="previous">The same.</param>
    /// <returns>[N, 2, H, W], (x, y) in pixels.</returns>
    /// <exception cref="ArgumentException">Frames too small, too large together, or of other sides.</exception>
    public override Tensor forward(Tensor current, Tensor previous)
    {
        TensorGuard.Input(this, current, nameof(current), TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
        TensorGuard.Input(this, previous, nameof(previous), current.shape);
        CheckSize(current);
        using var scope = NewDisposeScope();
        long n = current.size(0);
        var (first, second) = (2 * current - 1, 2 * previous - 1);
        var features = _features.call(cat([first, second], 0));
        using var correlations = new CorrelationPyramid(features.narrow(0, 0, n), features.narrow(0, n, n));
        var state = _context.call(first);
        var hidden = state.narrow(1, 0, RaftUpdate.Hidden).tanh();
        var context = state.narrow(1, RaftUpdate.Hidden, RaftUpdate.Hidden).relu();
        var start = Positions(state);
        var positions = start;
        for (int i = 0; i < _iterations; i++)
        {
            using var inner = NewDisposeScope();
            positions = positions.detach();
            var (next, step) = _update.Advance(hidden, context, correlations.LookUp(positions), positions - start);
            hidden = next.MoveToOuterDisposeScope();
            positions = (positions + step).MoveToOuterDisposeScope();
        }
        return _update.Enlarge(positions - start, hidden).MoveToOuterDisposeScope();
    }

    private static void CheckSize(Tensor frames)
    {
        long height = frames.size(2), width = frames.size(3), cells = height / Reduction * (width / Reduction);
        if (height % Reduction != 0 || width % Reduction != 0 || height < SmallestSide || width < SmallestSide)
        {
            throw new ArgumentException(
                $"RAFT takes sides that are multiples of {Reduction} and at least {SmallestSide} px, not {width}x{height}: enlarge the frames.", nameof(frames));
        }
        if (cells > LargestCorrelation / cells / Math.Max(1, frames.size(0)))
            throw new ArgumentException($"{frames.size(0)} frames of {width}x{height} px need more than 2 GiB of correlations: reduce them.", nameof(frames));
    }

    /// <summary>Every cell's own position: [N, 2, h, w], (x, y) in cells.</summary>
    private static Tensor Positions(Tensor like)
    {
        using var scope = NewDisposeScope();
        long n = like.size(0), height = like.size(2), width = like.size(3);
        var x = arange(width, like.dtype, like.device).expand(height, width);
        var y = arange(height, like.dtype, like.device).unsqueeze(1).expand(height, width);
        return stack([x, y], 0).unsqueeze(0).expand(n, 2, height, width).contiguous().MoveToOuterDisposeScope();
    }
}
