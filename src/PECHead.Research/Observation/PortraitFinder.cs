using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Observation;

/// <summary>Where the head is in a photograph.</summary>
/// <param name="Crop">The square around it.</param>
/// <param name="Faces">Faces in the photograph.</param>
/// <param name="Picture">The photograph, upright: turned where the faces lay on their side.</param>
/// <param name="Turn">Degrees clockwise that it was turned by: 0, 90, 180 or 270.</param>
public sealed record FoundPortrait(Crop Crop, int Faces, RgbImage Picture, int Turn);

/// <summary>Finds the head in a photograph of any size, so that nobody has to cut it by hand.</summary>
public sealed class PortraitFinder : IDisposable
{
    private readonly FaceNetworks _networks;
    private readonly MeshReconstructor _reconstructor = new(FaceModelFile.Load(FaceModelFile.EmbeddedPath));
    private readonly UprightPicture _upright;

    /// <summary>Takes the networks, which stay the caller's.</summary>
    /// <param name="networks">See the faces.</param>
    /// <param name="device">Where they run; null: the CPU.</param>
    public PortraitFinder(FaceNetworks networks, Device? device = null)
        => (_networks, _upright) = (networks, new UprightPicture(networks, _reconstructor, device ?? CPU));

    /// <summary>How much is kept around a face.</summary>
    public HeadMargins Margins { get; init; } = new();

    /// <summary>Finds a head.</summary>
    /// <param name="picture">The photograph.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <param name="face">Which face, 1 for the largest.</param>
    /// <exception cref="DataException">No face, or fewer than asked for.</exception>
    public FoundPortrait Find(RgbImage picture, string? name = null, int face = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(face, 1);
        var faces = FindAll(picture, name);
        return face <= faces.Count
            ? faces[face - 1]
            : throw new DataException(faces.Count == 1 ? $"there is one face in the picture, and no number {face}" : $"there are {faces.Count} faces in the picture, and no number {face}", name, $"Choose --face 1 (the largest){(faces.Count > 1 ? $" to {faces.Count}" : "")}.");
    }

    /// <summary>Finds every head.</summary>
    /// <param name="picture">The photograph.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <returns>At least one, the largest face first. All are found in one upright picture.</returns>
    /// <exception cref="DataException">No face.</exception>
    public IReadOnlyList<FoundPortrait> FindAll(RgbImage picture, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (upright, turn, faces) = _upright.Find(picture, name);
        return [.. faces.Select(face => new FoundPortrait(HeadCrop.FromFaces([face], upright.Width, upright.Height, CropOverflow.Repeat, Margins), faces.Count, upright, turn))];
    }

    /// <summary>Finds the shots of a video and the head in each, see <see cref="ShotFinder"/>.</summary>
    /// <param name="video">The video.</param>
    /// <param name="face">Which face, 1 for the largest.</param>
    /// <param name="cancellation">Stops between frames.</param>
    public IReadOnlyList<DrivingShot> FindInVideo(VideoInfo video, int face = 1, CancellationToken cancellation = default)
        => new ShotFinder(new HeadFinder(_networks) { Margins = Margins }).Find(video, face, cancellation);

    /// <summary>Frees the face model.</summary>
    public void Dispose() => _reconstructor.Dispose();
}
