using PECHead.Research.Data;
using PECHead.Research.Observation;
using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>Still pictures of people with what is known of their faces, all in memory.</summary>
public sealed class Portraits : IDisposable
{
    private Portraits(FaceObservation all, string fingerprint) => (All, Fingerprint) = (all, fingerprint);

    /// <summary>The pictures, at least one, with their coefficients.</summary>
    public FaceObservation All { get; }

    /// <summary>Fingerprint of the store that they are from.</summary>
    public string Fingerprint { get; }

    /// <summary>How many there are.</summary>
    public long Count => All.Image.size(0);

    /// <summary>Reads a store: of every clip the first frame with a face.</summary>
    /// <param name="store">Of 'pechead data portraits', or any other.</param>
    /// <param name="device">Where to put them.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="DataException">There is no face in it.</exception>
    public static Portraits Of(FaceStore store, Device device)
    {
        ArgumentNullException.ThrowIfNull(store);
        int[] frames =
        [
            .. store.Index.Clips.Select(clip => Enumerable.Range(clip.First, clip.Count).FirstOrDefault(store.Track.HasFace, -1)).Where(frame => frame >= 0),
        ];
        if (frames.Length == 0) throw new DataException("no picture in it has a face", store.Frames.Folder, "Prepare portraits in which both eyes can be seen.");
        using var scope = NewDisposeScope();
        return new Portraits(store.Read(frames, device).DetachFromDisposeScope(), store.Index.Fingerprint);
    }

    /// <summary>Frees the pictures.</summary>
    public void Dispose() => All.Free();
}
