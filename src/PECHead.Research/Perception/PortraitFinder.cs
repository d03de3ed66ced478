using PECHead.Research.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Where the head is in a photograph.</summary>
/// <param name="Crop">The square around it.</param>
/// <param name="Faces">Faces in the photograph.</param>
/// <param name="Picture">The photograph, upright: turned where the faces lay on their side.</param>
/// <param name="Turn">Degrees clockwise that it was turned by: 0, 90, 180 or 270.</param>
public sealed record FoundPortrait(Crop Crop, int Faces, RgbImage Picture, int Turn);

/// <summary>Finds the head in a photograph of any size, so that nobody has to cut it by hand.</summary>
/// <remarks><b>Choice:</b> where no face stands upright, the photograph is turned by quarters, for cameras and programs lose its position.</remarks>
public sealed class PortraitFinder
{
    private const float SureScore = 0.5f;

    private readonly FaceNetworks _networks;
    private readonly Device _device;

    /// <summary>Takes the networks, which stay the caller's.</summary>
    /// <param name="networks">See the faces.</param>
    /// <param name="device">Where they run; null: the CPU.</param>
    public PortraitFinder(FaceNetworks networks, Device? device = null) => (_networks, _device) = (networks, device ?? CPU);

    /// <summary>Finds a head.</summary>
    /// <param name="picture">The photograph.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <param name="face">Which face, 1 for the largest.</param>
    /// <exception cref="DataException">No face, or fewer than asked for.</exception>
    public FoundPortrait Find(RgbImage picture, string? name = null, int face = 1)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(face, 1);
        var surest = 0f;
        var turned = picture;
        for (var turn = 0; turn < 360; turn += 90, turned = turned.Turned(90))
        {
            if (Upright(turned, ref surest) is not { Length: > 0 } boxes) continue;
            return face <= boxes.Length
                ? new FoundPortrait(HeadCrop.FromFaces([boxes[face - 1]], turned.Width, turned.Height, CropOverflow.Repeat), boxes.Length, turned, turn)
                : throw new DataException($"there are {boxes.Length} faces in the picture, not {face}", name, $"Choose --face 1 (the largest) to {boxes.Length}.");
        }
        throw surest < SureScore
            ? new DataException("no face was found in the picture", name, "Use a photograph in which the face is well lit and seen from the front; drawings are often not recognised.")
            : new DataException("the face in the picture is turned too far or hidden", name, "Use a picture in which both eyes can be seen.");
    }

    private FaceRectangle[] Upright(RgbImage picture, ref float surest)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var frame = FrameBatch.FromImages([picture], _device);
        if (SquareDetection.Follow(_networks, frame) is not var (faces, meshes)) return [];
        surest = Math.Max(surest, faces.Max(face => face.Score));
        return [.. Enumerable.Range(0, faces.Count).Where(meshes.Found).Select(found => Box(meshes.Points.narrow(0, found, 1)))];
    }

    /// <summary>Finds the shots of a video and the head in each, see <see cref="ShotFinder"/>.</summary>
    /// <param name="video">The video.</param>
    /// <param name="face">Which face, 1 for the largest.</param>
    /// <param name="cancellation">Stops between frames.</param>
    public IReadOnlyList<DrivingShot> FindInVideo(VideoInfo video, int face = 1, CancellationToken cancellation = default)
        => new ShotFinder(new HeadFinder(_networks)).Find(video, face, cancellation);

    // Brows to chin, jaw to jaw.
    private static FaceRectangle Box(Tensor mesh)
    {
        using var scope = NewDisposeScope();
        var landmarks = Landmarks68.FromMesh(mesh)[0];
        double Least(int axis) => landmarks.select(1, axis).min().ToDouble();
        double Most(int axis) => landmarks.select(1, axis).max().ToDouble();
        return new FaceRectangle(Least(0), Least(1), Most(0), Most(1));
    }
}
