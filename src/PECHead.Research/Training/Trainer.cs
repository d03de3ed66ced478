using System.Diagnostics;
using PECHead.Research.Acceleration;
using PECHead.Research.Data;
using PECHead.Research.Losses;
using PECHead.Research.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>Trains a model on a frame store, with checkpoints from which a run continues bit for bit.</summary>
public sealed class Trainer
{
    // A run bounded in minutes measures its pace on these steps (the first, which warms up, left out) and then fixes
    // its length, so that the learning rate can fall to its end in time and a resumed run follows the same curve.
    private const int WarmSteps = 2;
    private const int MeasuredSteps = 15;

    private readonly FrameStore _store;
    private readonly RunFolder _run;
    private readonly Device _device;
    private readonly PyramidPerceptualLoss _perceptual;

    /// <summary>Prepares to train.</summary>
    /// <param name="store">Prepared frames; their size must be the model's.</param>
    /// <param name="run">Where to write checkpoints and the log.</param>
    /// <param name="perceptual">The perceptual term; moved to the device.</param>
    /// <param name="device">Where to compute.</param>
    public Trainer(FrameStore store, RunFolder run, PyramidPerceptualLoss perceptual, Device device)
    {
        (_store, _run, _device) = (store, run, device);
        _perceptual = perceptual.to(device);
    }

    /// <summary>Starts a run or continues the one in the folder.</summary>
    /// <param name="config">The experiment; for a continued run, the one of its checkpoint.</param>
    /// <param name="minutes">Wall-clock bound of this call, or null.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="DataException">The store does not fit the model.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer finite; the last checkpoint is kept.</exception>
    public TrainingOutcome Run(
        ExperimentConfig config, double? minutes = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        config.Validate();
        if (config.Training.Steps == 0 && minutes is null) throw new ArgumentException("Give the run a number of steps or of minutes.");
        var size = config.Model().ImageSize;
        if (_store.Size != size) throw new DataException($"the frames are of {_store.Size} px, the model is for {size} px", _store.Folder, $"Prepare the data with --size {size}.");

        using var model = PecHeadFactory.Create(config.Model(), config.Training.Seed);
        model.to(_device);
        if (config.Training.ChannelsLast) Accelerator.ChannelsLast(model);
        using var optimizer = optim.Adam(
            model.parameters(), config.Training.LearningRate, config.Training.Beta1, config.Training.Beta2);
        var done = new RunProgress(0, config.Training.Steps, 0);
        if (_run.HasCheckpoint)
        {
            (_, done) = TrainingCheckpoint.ReadHeader(_run.Checkpoint);
            TrainingCheckpoint.Restore(_run.Checkpoint, model, optimizer);
        }
        else
        {
            _run.Create(config);
            random.manual_seed(config.Training.Seed);
        }
        using var log = new RunLog(_run.Log);
        log.Write(
            "start", ("step", done.Step), ("perceptual_features", _perceptual.Name), ("frames", _store.Index.Fingerprint),
            ("torch", __version__), ("threads", get_num_threads()), ("device", _device.ToString()),
            ("mixed_precision", Accelerator.HasMixedPrecision && config.Training.Precision == Precision.Mixed));
        return new Stretch(this, config, model, optimizer, log, progress).Run(done, minutes * 60, cancellation);
    }

    /// <summary>One stretch of a run: from where it stands to its end, or as far as time allows.</summary>
    private sealed class Stretch(
        Trainer trainer, ExperimentConfig config, TalkingHeadModel model, Adam optimizer, RunLog log, IProgress<TrainingProgress>? progress)
    {
        private readonly TrainingStep _step = new(
            model, new TrainingObjective(config.Loss, trainer._perceptual), optimizer, config, trainer._device);

        private readonly FramePairSampler _sampler = new(trainer._store.Index, Split.Train, config.Training.Seed);
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly List<double> _measured = [];
        private RunProgress _done = new(0, 0, 0);
        private double _before;
        private double _pace;

        public TrainingOutcome Run(RunProgress done, double? seconds, CancellationToken cancellation)
        {
            (_done, _before) = (done, done.Seconds);
            model.train();
            var saved = 0.0;
            while (_done.TotalSteps == 0 || _done.Step < _done.TotalSteps)
            {
                if (cancellation.IsCancellationRequested) return End(TrainingOutcome.Stopped);
                if (seconds is { } bound && _clock.Elapsed.TotalSeconds + _pace > bound) return End(TrainingOutcome.OutOfTime);
                Advance();
                Plan(seconds);
                if (_clock.Elapsed.TotalSeconds - saved < config.Training.CheckpointMinutes * 60) continue;
                Save();
                saved = _clock.Elapsed.TotalSeconds;
            }
            return End(TrainingOutcome.Finished);
        }

        private void Advance()
        {
            var started = _clock.Elapsed.TotalSeconds;
            var pairs = config.Training.BatchSize;
            Span<int> sources = new int[pairs], drivings = new int[pairs];
            _sampler.Draw(_done.Step, sources, drivings);
            using var source = FrameBatch.Read(trainer._store, sources, trainer._device);
            using var driving = FrameBatch.Read(trainer._store, drivings, trainer._device);
            var rate = Schedule().At(_done.Step);
            var losses = _step.Run(_done.Step, source, driving, rate);

            var took = _clock.Elapsed.TotalSeconds - started;
            _pace = _pace == 0 || _done.Step < WarmSteps ? took : (0.9 * _pace) + (0.1 * took);
            if (_done.Step >= WarmSteps && _measured.Count < MeasuredSteps) _measured.Add(took);
            _done = _done with { Step = _done.Step + 1, Seconds = _before + _clock.Elapsed.TotalSeconds };
            log.Write("step", [("step", _done.Step), ("seconds", Math.Round(_done.Seconds, 3)), ("learning_rate", rate), .. losses.Select(loss => (loss.Key, (object?)loss.Value))]);
            progress?.Report(new TrainingProgress(_done.Step, _done.TotalSteps, _pace, losses));
        }

        private void Plan(double? seconds)
        {
            if (_done.TotalSteps > 0 || _measured.Count < MeasuredSteps) return;
            var (left, median) = (seconds!.Value - _clock.Elapsed.TotalSeconds, _measured.Order().ElementAt(MeasuredSteps / 2));
            _done = _done with { TotalSteps = _done.Step + Math.Max(1, (int)(left / median)) };
            log.Write("plan", ("total_steps", _done.TotalSteps), ("seconds_per_step", median));
        }

        // Before the length is known the run is in its warm-up or just behind it, where a long schedule is flat.
        private LearningRateSchedule Schedule() => new(
            config.Training.LearningRate, config.Training.WarmupSteps, _done.TotalSteps == 0 ? int.MaxValue : _done.TotalSteps, config.Training.FinalFraction);

        private void Save()
        {
            TrainingCheckpoint.Save(trainer._run.Checkpoint, config, _done, model, optimizer);
            log.Write("checkpoint", ("step", _done.Step));
        }

        private TrainingOutcome End(TrainingOutcome outcome)
        {
            Save();
            log.Write("end", ("outcome", outcome.ToString()), ("step", _done.Step), ("seconds", Math.Round(_done.Seconds, 3)));
            return outcome;
        }
    }
}
