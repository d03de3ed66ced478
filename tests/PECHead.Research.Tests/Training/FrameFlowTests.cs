using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Flow;
using PECHead.Research.Losses;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Runs;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
using PECHead.Research.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

[Collection(AloneCollection.Name)]
public sealed class FrameFlowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Raft_of_random_weights_is_the_flow_of_a_stage_of_clips()
    {
        using var media = new SyntheticMedia();
        new FrameStoreBuilder("drawn", media.Clips(), 128).Build(_folder["store"]);
        var frames = FrameStore.Open(_folder["store"]);
        var reconstructor = new DrawnReconstructor();
        using (var track = FaceTrack.Of(frames, DrawnReconstructor.Observer(reconstructor), CPU)!) track.Save(frames);
        using var store = new FaceStore(frames, FaceTrack.Open(frames, reconstructor.Name), reconstructor);
        var config = ExperimentConfigFile.Parse("flow: raft\nsize: small\ntraining: {steps: 2, batch_size: 2, frames_per_clip: 2, frozen_statistics: true}", "x.yaml");
        using var counted = new Counted(FrameFlows.Create(config.Flow, 128, Weights(), CPU));
        using var perceptual = new PyramidPerceptualLoss(new ImagePyramidFeatures());

        var outcome = new Trainer(store, new RunFolder(_folder["run"]), perceptual, counted, CPU).Run(config);

        Assert.Equal((TrainingOutcome.Finished, 2), (outcome, counted.Estimates));
        Assert.True(counted.Largest > 0);
        Assert.Equal(FrameFlow.Raft, RunCheckpoint.ReadHeader(new RunFolder(_folder["run"]).Checkpoint).Config.Flow);
        Assert.Contains("flow: raft", File.ReadAllText(new RunFolder(_folder["run"]).Config), StringComparison.Ordinal);
    }

    [Fact]
    public void Lucas_kanade_needs_no_weights_and_raft_says_where_to_get_them()
    {
        Assert.Equal(FrameFlow.LucasKanade, ExperimentConfigFile.Parse("flow: lucas-kanade", "x.yaml").Flow);
        using (FrameFlows.Create(FrameFlow.LucasKanade, 64, new WeightFolder(null), CPU))
        {
        }
        var missing = Assert.Throws<FileNotFoundException>(() => FrameFlows.Create(FrameFlow.Raft, 128, new WeightFolder(_folder.Root), CPU));
        Assert.Contains("princeton-vl/RAFT", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["raft-things.pth"], "no weights");
        Assert.Contains("raft-things.pth", Assert.Throws<CheckpointFormatException>(() => FrameFlows.Create(FrameFlow.Raft, 128, new WeightFolder(_folder.Root), CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_too_small_for_raft_are_refused_before_training()
        => Assert.Contains("at least 128 px", Assert.Throws<DataException>(() => ExperimentConfigFile.Parse("flow: raft\nsize: tiny", "x.yaml")).Message, StringComparison.Ordinal);

    private WeightFolder Weights()
    {
        using var scope = NewDisposeScope();
        using var raft = new Raft();
        Directory.CreateDirectory(_folder["weights"]);
        StateDict.Save(_folder["weights/raft-things.pth"], raft.state_dict());
        return new WeightFolder(_folder["weights"]);
    }

    /// <summary>Counts what is asked of an estimator.</summary>
    private sealed class Counted(IFlowEstimator estimator) : IFlowEstimator
    {
        public int Estimates { get; private set; }

        public double Largest { get; private set; }

        public Tensor Estimate(Tensor current, Tensor previous)
        {
            var flow = estimator.Estimate(current, previous);
            (Estimates, Largest) = (Estimates + 1, Math.Max(Largest, flow.abs().max().ToDouble()));
            return flow;
        }

        public void Dispose() => estimator.Dispose();
    }
}
