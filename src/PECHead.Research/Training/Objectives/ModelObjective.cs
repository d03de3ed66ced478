using PECHead.Research.Acceleration;
using PECHead.Research.Observation;
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

    /// <summary>The frames of a batch, changed at random.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>[N, 3, S, S] each, RGB in [0, 1].</returns>
    protected (Tensor Source, Tensor Driving) Frames(TrainingBatch batch)
        => (Laid(batch.Augmentation.Apply(batch.Sample.Source[0].Image)), Laid(batch.Augmentation.Apply(batch.Sample.Driving[0].Image)));

    /// <summary>The same with what is known of their faces, without a gradient.</summary>
    /// <param name="batch">The batch.</param>
    protected (FaceObservation Source, FaceObservation Driving) Faces(TrainingBatch batch)
    {
        FaceObservation Changed(FaceObservation moment)
        {
            var changed = batch.Augmentation.Apply(moment, Parts.Reconstructor);
            return changed with { Image = Laid(changed.Image), Coefficients = changed.Coefficients.Detach() };
        }
        return (Changed(batch.Sample.Source[0]), Changed(batch.Sample.Driving[0]));
    }

    /// <summary>The sum of one term or more.</summary>
    /// <param name="terms">Of one shape.</param>
    protected static Tensor Total(IEnumerable<Tensor> terms) => terms.Aggregate((sum, term) => sum + term);

    /// <summary>Frames of a whole part of their side: means over squares.</summary>
    /// <param name="frames">[N, 3, H, H].</param>
    /// <param name="side">Divides H.</param>
    protected static Tensor Sized(Tensor frames, long side) => frames.size(3) == side ? frames : nn.functional.avg_pool2d(frames, frames.size(3) / side);

    /// <summary>Frames as the experiment lays them out in memory, outside of any graph.</summary>
    /// <param name="frames">[N, 3, H, W].</param>
    protected Tensor Laid(Tensor frames) => parts.Config.Training.ChannelsLast ? Accelerator.ChannelsLast(frames.detach()) : frames.detach().contiguous();
}
