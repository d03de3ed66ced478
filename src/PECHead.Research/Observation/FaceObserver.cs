using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Observation;

/// <summary>Observes faces in two steps: networks find the face of every frame, then a face model is fitted to what they found.</summary>
public sealed class FaceObserver : IDisposable
{
    /// <summary>Joins the two steps, and takes them over.</summary>
    /// <param name="finder">Finds the faces.</param>
    /// <param name="reconstructor">Fits coefficients to them.</param>
    /// <param name="device">Where pictures are put; null: the CPU.</param>
    public FaceObserver(IFaceFinder finder, IFaceReconstructor reconstructor, Device? device = null)
        => (Finder, Reconstructor, Device) = (finder, reconstructor, device ?? CPU);

    /// <summary>Where pictures are put.</summary>
    internal Device Device { get; }

    /// <summary>Finds the faces.</summary>
    public IFaceFinder Finder { get; }

    /// <summary>Fits coefficients, and turns coefficients into landmarks.</summary>
    public IFaceReconstructor Reconstructor { get; }

    /// <summary>Loads the pretrained networks and a reconstructor.</summary>
    /// <param name="files">Where the networks lie.</param>
    /// <param name="reconstructor">Its name in a configuration.</param>
    /// <param name="device">Where to compute; null: the CPU.</param>
    /// <exception cref="ArgumentException">There is no such reconstructor.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static FaceObserver Load(FaceNetworkFiles files, string reconstructor = MeshReconstructor.ConfigurationName, Device? device = null)
    {
        var model = FaceReconstructors.Create(reconstructor);
        try
        {
            return new FaceObserver(new FaceNetworks(files, device), model, device);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Observes the largest face of every frame; gives no gradient.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <exception cref="ArgumentException">Not three channels, or not square.</exception>
    public FaceObservation Observe(Tensor frames)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var meshes = Finder.Find(frames);
        return new FaceObservation(frames, Reconstructor.Fit(frames, meshes)) { Meshes = meshes }.MoveToOuterDisposeScope();
    }

    /// <summary>Observes a picture.</summary>
    /// <param name="picture">A square.</param>
    public FaceObservation Observe(RgbImage picture) => Observe([picture]);

    /// <summary>Observes pictures together.</summary>
    /// <param name="pictures">Squares of one size, at least one.</param>
    public FaceObservation Observe(IReadOnlyList<RgbImage> pictures)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pictures.Count, nameof(pictures));
        using var scope = NewDisposeScope();
        return Observe(FrameBatch.FromImages(pictures, Device)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the descriptors that tell people apart.</summary>
    /// <param name="observation">Of this observer.</param>
    public FaceObservation Describe(FaceObservation observation)
    {
        ArgumentNullException.ThrowIfNull(observation.Meshes, nameof(observation));
        using var quiet = no_grad();
        return observation with { Descriptor = Finder.Describe(observation.Image, observation.Meshes) };
    }

    /// <summary>Frees networks and model.</summary>
    public void Dispose()
    {
        Finder.Dispose();
        Reconstructor.Dispose();
    }
}
