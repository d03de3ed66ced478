using System.Diagnostics;
using PECHead.Research.Acceleration;
using PECHead.Research.Augmentation;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>Trains a model on a frame store, with checkpoints from which a run continues bit for bit.</summary>
public sealed class Trainer
{
    // A run bounded in minutes measures its pace on these steps (the first, which warms up, left out) and then fixes
    // its length, so that the learning rate can fall to its end in time and a resumed run follows the same curve.
    private const int WarmSteps = 2;
    private const int MeasuredSteps = 15;
    private const int StepsPerPicture = 250;

    private readonly FaceStore _store;
    private readonly RunFolder _run;
    private readonly Device _device;
    private readonly PyramidPerceptualLoss _perceptual;
    private readonly IFlowEstimator _flow;

    /// <summary>Prepares to train.</summary>
    /// <param name="store">Prepared frames and faces; their size must be the model's.</param>
    /// <param name="run">Where to write checkpoints and the log.</param>
    /// <param name="perceptual">The perceptual term; moved to the device.</param>
    /// <param name="flow">Flow between the source frames of a clip.</param>
    /// <param name="device">Where to compute.</param>
    public Trainer(FaceStore store, RunFolder run, PyramidPerceptualLoss perceptual, IFlowEstimator flow, Device device)
    {
        (_store, _run, _flow, _device) = (store, run, flow, device);
        _perceptual = perceptual.to(device);
    }

    /// <summary>Still pictures on the device, where the experiment makes pairs of them; they stay the caller's.</summary>
    public Portraits? Portraits { get; init; }

    /// <summary>See faces in generated frames, where a term of the experiment asks them (<see cref="ExperimentConfig.AsksFaceNetworks"/>); they stay the caller's.</summary>
    public FaceNetworks? Networks { get; init; }

    /// <summary>The ranks that train together. Each takes an equal share of every batch; the first writes the folder of the run.</summary>
    public World World { get; init; } = World.Alone;

    /// <summary>Starts a run or continues the one in the folder.</summary>
    /// <param name="config">
    /// The experiment; for a continued run, the one of its checkpoint, in which the learning rate may differ. More steps extend the run.
    /// </param>
    /// <param name="minutes">Wall-clock bound of this call, or null.</param>
    /// <param name="initial">Checkpoint whose weights a new run starts from where the names agree, or null.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="DataException">The store does not fit the model, or a continued run was trained on other frames.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer finite; the last checkpoint is kept.</exception>
    public TrainingOutcome Run(
        ExperimentConfig config, double? minutes = null, string? initial = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        config = config with { ExpressionSize = _store.Reconstructor.ExpressionSize };
        config.Validate();
        if (config.Training.Steps == 0 && minutes is null) throw new ArgumentException("Give the run a number of steps or of minutes.");
        var size = config.FrameSize();
        if (!config.Takes(_store.Frames.Size)) throw new DataException($"the frames are of {_store.Frames.Size} px, the model is for {size} px", _store.Frames.Folder, $"Prepare the data with --size {size}.");
        if (_store.Reconstructor.Name != config.Reconstructor) throw new DataException($"the faces are of the reconstructor '{_store.Reconstructor.Name}', the experiment asks for '{config.Reconstructor}'", _store.Frames.Folder);

        if (config.Training.BatchSize / config.Training.FramesPerClip % World.Size != 0)
            throw new ArgumentException($"A batch of {config.Training.BatchSize / config.Training.FramesPerClip} pairs cannot be split evenly among {World.Size} ranks: change batch_size.");

        using var held = World.IsFirst ? _run.Hold() : null;
        using var state = TrainingState.Create(config, _device);
        var done = new RunProgress(0, config.Training.Steps, 0);
        if (_run.HasCheckpoint)
        {
            if (RunLog.FramesOf(_run.Log) is { } frames && frames != _store.Index.Fingerprint)
                throw new DataException("the run was trained on other frames than those of this store, and would not go on as it was begun", _run.Path, "Name its own frame store, or start another run from its weights with --init.");
            (var before, done) = RunCheckpoint.ReadHeader(_run.Checkpoint);
            var changed = config.Training.Steps > done.TotalSteps || config.Training.LearningRate != before.Training.LearningRate;
            // A run whose length was fitted to minutes has none in its experiment.
            if (config.Training.Steps > done.TotalSteps) done = done with { TotalSteps = config.Training.Steps };
            TrainingCheckpoint.Restore(_run.Checkpoint, state);
            if (World.IsFirst && changed)
            {
                // What was asked for holds also for a run that is killed before its next checkpoint.
                TrainingCheckpoint.Save(_run.Checkpoint, config, done, state);
                _run.Create(config);
            }
        }
        else
        {
            if (initial is not null) TrainingCheckpoint.Initialize(initial, state);
            if (World.IsFirst) _run.Create(config);
            random.manual_seed(config.Training.Seed);
        }
        SynchronizedNorms.Attach(state.Model, World);
        if (state.Discriminator is { } discriminator) SynchronizedNorms.Attach(discriminator, World);
        var events = World.IsFirst ? new TrainingEvents(_run.Events) : null;
        using var log = World.IsFirst ? new RunLog(_run.Log) : null;
        log?.Write(
            "start", ("step", done.Step), ("perceptual_features", _perceptual.Name), ("frames", _store.Index.Fingerprint), ("portraits", Portraits?.Fingerprint), ("initial", initial),
            ("torch", __version__), ("threads", get_num_threads()), ("device", _device.ToString()), ("ranks", World.Size),
            ("mixed_precision", Accelerator.HasMixedPrecision && config.Training.Precision == Precision.Mixed));
        using var noise = config is { Clips.Noise: > 0, Training.FramesPerClip: > 1 } ? ObservationNoise.Of(_store.Track.Coefficients, _store.Index) : null;
        return new Stretch(this, config, state, noise, log, events, progress).Run(done, minutes * 60, cancellation);
    }

    /// <summary>One stretch of a run: from where it stands to its end, or as far as time allows.</summary>
    private sealed class Stretch(
        Trainer trainer, ExperimentConfig config, TrainingState state, ObservationNoise? noise, RunLog? log, TrainingEvents? events, IProgress<TrainingProgress>? progress)
    {
        private readonly TrainingStep _step = new(
            state, trainer._perceptual, config, trainer._store.Reconstructor, trainer._flow, trainer._device,
            trainer.Portraits, trainer.Networks)
        {
            World = trainer.World,
            Noise = noise,
        };

        private readonly FramePairSampler _sampler = new(
            trainer._store.Index, Split.Train, config.Training.Seed, new FramePairSamplerOptions
            {
                Length = config.Training.FramesPerClip,
                Usable = trainer._store.Track.HasFace,
            });

        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly List<double> _measured = [];
        private RunProgress _done = new(0, 0, 0);
        private double _before;
        private double _pace;

        public TrainingOutcome Run(RunProgress done, double? seconds, CancellationToken cancellation)
        {
            (_done, _before) = (done, done.Seconds);
            var saved = 0.0;
            while (_done.TotalSteps == 0 || _done.Step < _done.TotalSteps)
            {
                // What one rank wants, all do, before the same step.
                if (trainer.World.Any(cancellation.IsCancellationRequested)) return End(TrainingOutcome.Stopped);
                if (seconds is { } bound && trainer.World.Any(_clock.Elapsed.TotalSeconds + _pace > bound)) return End(TrainingOutcome.OutOfTime);
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
            var rate = Schedule().At(_done.Step);
            IReadOnlyDictionary<string, double> losses;
            var clock = new StepClock();
            using (NewDisposeScope())
            {
                var sample = Draw();
                clock.Lap("data");
                losses = _step.Run(_done.Step, sample, rate, _done.TotalSteps == 0 ? 0 : (double)_done.Step / _done.TotalSteps, clock, events is not null && _done.Step % StepsPerPicture == 0 ? seen => events.Draw(_done.Step + 1, seen) : null);
            }

            var took = _clock.Elapsed.TotalSeconds - started;
            _pace = _pace == 0 || _done.Step < WarmSteps ? took : (0.9 * _pace) + (0.1 * took);
            if (_done.Step >= WarmSteps && _measured.Count < MeasuredSteps) _measured.Add(took);
            _done = _done with { Step = _done.Step + 1, Seconds = _before + _clock.Elapsed.TotalSeconds };
            log?.Write("step", [("step", _done.Step), ("seconds", Math.Round(_done.Seconds, 3)), ("learning_rate", rate), .. losses.Select(loss => (loss.Key, (object?)loss.Value))]);
            var report = new TrainingProgress(_done.Step, _done.TotalSteps, _pace, losses, clock.Seconds);
            events?.Write(report, rate);
            progress?.Report(report);
        }

        private TrainingSample Draw()
        {
            var length = config.Training.FramesPerClip;
            int[] sources = new int[config.Training.BatchSize / length], drivings = new int[sources.Length];
            _sampler.Draw(_done.Step, sources, drivings);
            var (share, first) = (sources.Length / trainer.World.Size, sources.Length / trainer.World.Size * trainer.World.Rank);
            (sources, drivings) = (sources[first..(first + share)], drivings[first..(first + share)]);
            FaceObservation At(int[] firsts, int time) => trainer._store.Read([.. firsts.Select(first => trainer._store.Index.Later(first, time))], trainer._device);
            var still = config.Clips is { StillSource: true };
            return new TrainingSample([.. Enumerable.Range(0, length).Select(t => At(sources, still ? 0 : t))], [.. Enumerable.Range(0, length).Select(t => At(drivings, t))]);
        }

        private void Plan(double? seconds)
        {
            if (_done.TotalSteps > 0 || _measured.Count < MeasuredSteps) return;
            var (left, median) = (seconds!.Value - _clock.Elapsed.TotalSeconds, _measured.Order().ElementAt(MeasuredSteps / 2));
            _done = _done with { TotalSteps = _done.Step + Math.Max(1, (int)trainer.World.FromFirst(left / median)) };
            log?.Write("plan", ("total_steps", _done.TotalSteps), ("seconds_per_step", median));
        }

        // Before the length is known the run is in its warm-up or just behind it, where a long schedule is flat.
        private LearningRateSchedule Schedule() => new(
            config.Training.LearningRate, config.Training.WarmupSteps, _done.TotalSteps == 0 ? int.MaxValue : _done.TotalSteps, config.Training.FinalFraction)
        {
            Milestones = config.Training.Milestones,
            MilestoneFactor = config.Training.MilestoneFactor,
        };

        private void Save()
        {
            if (trainer.World.IsFirst) TrainingCheckpoint.Save(trainer._run.Checkpoint, config, _done, state);
            log?.Write("checkpoint", ("step", _done.Step));
        }

        private TrainingOutcome End(TrainingOutcome outcome)
        {
            Save();
            log?.Write("end", ("outcome", outcome.ToString()), ("step", _done.Step), ("seconds", Math.Round(_done.Seconds, 3)));
            return outcome;
        }
    }
}
