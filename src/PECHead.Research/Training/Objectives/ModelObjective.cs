using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>
/// All in which the training of one model differs from that of another: how a batch becomes losses. Which networks there are and how their
/// optimizers differ is said by <see cref="ObjectiveKind"/> and the recipe; everything else is the trainer's.
/// </summary>
/// <param name="parts">What every objective may use.</param>
internal abstract class ModelObjective(ObjectiveParts parts)
{
    /// <summary>What the objective may use.</summary>
    protected ObjectiveParts Parts => parts;

    /// <summary>Generates frames, and knows what to compare in them.</summary>
    /// <param name="batch">The frames of a step.</param>
    /// <exception cref="NotFiniteNumberException">A position is no number.</exception>
    public abstract TrainingPass Generate(TrainingBatch batch);

    /// <summary>The arithmetic of the experiment, until disposal.</summary>
    protected IDisposable Arithmetic() => Accelerator.MixedPrecision(parts.Device, parts.Config.Training.Precision);

    /// <summary>Frames of a whole part of their side: means over squares.</summary>
    /// <param name="frames">[N, 3, H, H].</param>
    /// <param name="side">Divides H.</param>
    protected static Tensor Sized(Tensor frames, long side) => frames.size(3) == side ? frames : nn.functional.avg_pool2d(frames, frames.size(3) / side);

    /// <summary>Frames as the experiment lays them out in memory, outside of any graph.</summary>
    /// <param name="frames">[N, 3, H, W].</param>
    protected Tensor Laid(Tensor frames) => parts.Config.Training.ChannelsLast ? Accelerator.ChannelsLast(frames.detach()) : frames.detach().contiguous();
}
