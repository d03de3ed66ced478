using PECHead.Research.Data;
using PECHead.Research.Observation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

/// <summary>A store of 64 px from drawn videos with drawn faces, made once for all tests of training.</summary>
public sealed class TinyStore : IDisposable
{
    private readonly SyntheticMedia _media = new();
    private readonly TemporaryFolder _folder = new();

    public TinyStore()
    {
        new FrameStoreBuilder("drawn", _media.Clips(), 64).Build(_folder["store"]);
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
