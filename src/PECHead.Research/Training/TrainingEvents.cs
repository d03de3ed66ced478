using PECHead.Research.Training.Objectives;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>Writes a run's numbers and pictures for TensorBoard.</summary>
/// <param name="folder">Where the event files are; a resumed run adds one.</param>
internal sealed class TrainingEvents(string folder)
{
    private const int Pairs = 4;

    private readonly SummaryWriter _writer = utils.tensorboard.SummaryWriter(folder);

    /// <summary>Writes the numbers of a step.</summary>
    /// <param name="progress">The step.</param>
    /// <param name="rate">Its learning rate.</param>
    public void Write(TrainingProgress progress, double rate)
    {
        _writer.add_scalar("learning_rate", (float)rate, progress.Step);
        foreach (var (name, value) in progress.Losses) _writer.add_scalar($"loss/{name}", (float)value, progress.Step);
        foreach (var (name, value) in progress.Parts) _writer.add_scalar($"seconds/{name}", (float)value, progress.Step);
    }

    /// <summary>Draws source, driving and generated frames, a pair a row.</summary>
    /// <param name="step">Its number.</param>
    /// <param name="sample">What the step saw and made.</param>
    public void Draw(int step, TrainingPass sample)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var rows = cat([sample.Source, sample.Driving, sample.Image()], 3);
        var panel = cat([.. rows.narrow(0, 0, Math.Min(Pairs, rows.size(0))).unbind(0)], 1);
        _writer.add_img("source, driving, generated", (255 * panel.to(ScalarType.Float32)).clamp(0, 255).to(ScalarType.Byte).contiguous().cpu(), step, dataformats: "CHW");
    }
}
