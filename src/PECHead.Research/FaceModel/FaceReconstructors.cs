using PECHead.Research.FaceModel.Basel;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>The reconstructors by their names in a configuration.</summary>
public static class FaceReconstructors
{
    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [MeshReconstructor.ConfigurationName, BfmReconstructor.ConfigurationName];

    /// <summary>Makes the named reconstructor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="files">Where the pretrained networks lie.</param>
    /// <param name="device">Where its networks run; null: the CPU.</param>
    /// <returns>The reconstructor; dispose it.</returns>
    /// <exception cref="ArgumentException">No such name; the message lists those there are.</exception>
    /// <exception cref="Data.DataException">A file of its networks is missing or damaged.</exception>
    public static IFaceReconstructor Create(string name, FaceNetworkFiles files, Device? device = null) => name switch
    {
        MeshReconstructor.ConfigurationName => Mesh(files, device),
        BfmReconstructor.ConfigurationName => BfmReconstructor.Load(new ReconstructedFacePoints(Mesh(files, device))),
        _ => throw new ArgumentException($"No reconstructor '{name}'; there are: {string.Join(", ", Names)}.", nameof(name)),
    };

    private static MeshReconstructor Mesh(FaceNetworkFiles files, Device? device)
    {
        var finder = new FaceMeshNetworks(files, device);
        try
        {
            return new MeshReconstructor(finder.Find, FaceModelFile.Load(FaceModelFile.EmbeddedPath), owned: finder);
        }
        catch
        {
            finder.Dispose();
            throw;
        }
    }
}
