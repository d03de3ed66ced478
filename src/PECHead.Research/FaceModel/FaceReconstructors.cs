using PECHead.Research.FaceModel.Basel;

namespace PECHead.Research.FaceModel;

/// <summary>The reconstructors by their names in a configuration.</summary>
public static class FaceReconstructors
{
    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [MeshReconstructor.ConfigurationName, BfmReconstructor.ConfigurationName];

    /// <summary>Makes the named reconstructor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>The reconstructor; dispose it.</returns>
    /// <exception cref="ArgumentException">No such name; the message lists those there are.</exception>
    /// <exception cref="Data.DataException">A file that it needs is missing or damaged.</exception>
    public static IFaceReconstructor Create(string name) => name switch
    {
        MeshReconstructor.ConfigurationName => new MeshReconstructor(FaceModelFile.Load(FaceModelFile.EmbeddedPath)),
        BfmReconstructor.ConfigurationName => BfmReconstructor.Load(),
        _ => throw new ArgumentException($"No reconstructor '{name}'; there are: {string.Join(", ", Names)}.", nameof(name)),
    };
}
