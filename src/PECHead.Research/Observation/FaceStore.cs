using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Observation;

/// <summary>A frame store with the faces in its frames: all that training and evaluation read.</summary>
public sealed class FaceStore : IDisposable
{
    /// <summary>Joins frames and faces, and takes them over.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="track">The faces in them.</param>
    /// <param name="reconstructor">Turns coefficients into landmarks.</param>
    /// <exception cref="ArgumentException">They do not belong together.</exception>
    public FaceStore(FrameStore frames, FaceTrack track, IFaceReconstructor reconstructor)
    {
        if (track.Fingerprint != frames.Index.Fingerprint || track.Reconstructor != reconstructor.Name)
            throw new ArgumentException("The faces are of other frames or of another reconstructor.", nameof(track));
        (Frames, Track, Reconstructor) = (frames, track, reconstructor);
    }

    /// <summary>The frames.</summary>
    public FrameStore Frames { get; }

    /// <summary>The faces.</summary>
    public FaceTrack Track { get; }

    /// <summary>Turns coefficients into landmarks.</summary>
    public IFaceReconstructor Reconstructor { get; }

    /// <summary>What is in the store.</summary>
    public FrameStoreIndex Index => Frames.Index;

    /// <summary>Opens what 'pechead data prepare' made.</summary>
    /// <param name="folder">Folder of the frame store.</param>
    /// <param name="reconstructor">Name of the reconstructor that found the faces.</param>
    /// <exception cref="DataException">No store, or no faces in it: the message says how to make them.</exception>
    public static FaceStore Open(string folder, string reconstructor = MeshReconstructor.ConfigurationName)
    {
        var frames = FrameStore.Open(folder);
        return new FaceStore(frames, FaceTrack.Open(frames, reconstructor), FaceReconstructors.Create(reconstructor));
    }

    /// <summary>Reads frames and their faces.</summary>
    /// <param name="frames">Indices in the store.</param>
    /// <param name="device">Where to put them.</param>
    public FaceObservation Read(ReadOnlySpan<int> frames, Device device) => new(FrameBatch.Read(Frames, frames, device), Track.Select(frames, device));

    /// <summary>Closes the store and frees the faces.</summary>
    public void Dispose()
    {
        Frames.Dispose();
        Track.Dispose();
        Reconstructor.Dispose();
    }
}
