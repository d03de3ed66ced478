using PECHead.Research.Data;
using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.Training;

/// <summary>A frame store of 64 px from drawn videos, made once for all tests of training.</summary>
public sealed class TinyStore : IDisposable
{
    private readonly SyntheticMedia _media = new();
    private readonly TemporaryFolder _folder = new();

    public TinyStore()
    {
        new FrameStoreBuilder("drawn", _media.Clips(), 64).Build(_folder["store"]);
        Store = FrameStore.Open(_folder["store"]);
    }

    public FrameStore Store { get; }

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
        _media.Dispose();
    }
}
