using PECHead.Research.Data;

namespace PECHead.Research.Perception;

/// <summary>Where the files of the pretrained face networks lie, below the folder that npm packages are unpacked to.</summary>
/// <remarks>Packages, versions and digests are pinned in data-manifests/npm; see <see cref="NpmAssets"/>.</remarks>
public sealed class FaceNetworkFiles
{
    /// <summary>What to do when a file is missing or damaged.</summary>
    internal const string Remedy = "Run 'pechead data prepare', which fetches the pinned packages (a damaged one: delete its folder first).";

    private readonly string _root;

    /// <summary>Names the folder; touches nothing.</summary>
    /// <param name="root">Has the packages as subfolders: <see cref="NpmAssets.MediaRoot"/>.</param>
    public FaceNetworkFiles(string root) => _root = root;

    /// <summary>The face detector, a graph model.</summary>
    public string BlazeFace => Human("blazeface");

    /// <summary>The 468 points, a graph model.</summary>
    public string FaceMesh => Human("facemesh");

    /// <summary>The descriptor, with age and gender, a graph model.</summary>
    public string FaceDescriptor => Human("faceres");

    /// <summary>Weights of the 128-d recogniser.</summary>
    public string Recognizer => FaceApi("face_recognition");

    /// <summary>Canonical face model with positions, texture coordinates and triangles (Wavefront OBJ).</summary>
    public string CanonicalFace => Present(Path.Combine("mind-ar", "src", "face-target", "face-geometry", "canonical-face-model.obj"));

    /// <summary>The packages below a project's data folder.</summary>
    /// <param name="dataFolder">Where the project keeps its data.</param>
    public static FaceNetworkFiles Below(string dataFolder) => new(Path.Combine(dataFolder, "npm", "node_modules"));

    private string Human(string name) => Present(Path.Combine("@vladmandic", "human", "models", name + ".json"));

    private string FaceApi(string name) => Present(Path.Combine("@vladmandic", "face-api", "model", name + "_model-weights_manifest.json"));

    private string Present(string relative)
    {
        var path = Path.Combine(_root, relative);
        return File.Exists(path) ? path : throw new DataException("a file of the face networks is missing", path, Remedy);
    }
}
