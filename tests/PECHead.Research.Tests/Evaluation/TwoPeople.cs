using PECHead.Research.Data;
using PECHead.Research.Observation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

/// <summary>A store of 64 px with held-out clips of two drawn people.</summary>
public sealed class TwoPeople : IDisposable
{
    private readonly SyntheticMedia _media = new();
    private readonly TemporaryFolder _folder = new();

    public TwoPeople()
    {
        new FrameStoreBuilder("drawn", [.. _media.Clips().Select(clip => clip with { Split = clip.Id == "one/a" ? Split.Train : Split.Test })], 64).Build(_folder["store"]);
        var frames = FrameStore.Open(_folder["store"]);
        var reconstructor = new DrawnReconstructor();
        using (var track = FaceTrack.Of(frames, DrawnReconstructor.Observer(reconstructor), CPU)!) track.Save(frames);
        Store = new FaceStore(frames, FaceTrack.Open(frames, reconstructor.Name), reconstructor);
    }

    public FaceStore Store { get; }

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
        _media.Dispose();
    }
}
