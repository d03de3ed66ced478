using PECHead.Research.Data;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>A file of the paper's reconstructor that a user has to bring.</summary>
/// <param name="Name">Its published name.</param>
/// <param name="Origin">Where to get it, and under which terms.</param>
public sealed record BaselFile(string Name, string Origin);

/// <summary>
/// The licensed files of the paper's reconstructor: looked for in one folder, and its subfolder BFM; never fetched.
/// </summary>
public static class BaselFiles
{
    /// <summary>Environment variable that names the folder.</summary>
    public const string FolderVariable = "PECHEAD_WEIGHTS";

    private const string Repository = "in the folder BFM of the repository sicxu/Deep3DFaceRecon_pytorch (MIT)";

    /// <summary>The network's weights.</summary>
    public static BaselFile Network { get; } =
        new("epoch_20.pth", "pretrained model linked by the repository sicxu/Deep3DFaceRecon_pytorch");

    /// <summary>The face model in one file.</summary>
    public static BaselFile Model { get; } =
        new("BFM_model_front.mat", "made by Deep3DFaceRecon from the parts below; not to be passed on");

    /// <summary>The parts from which the face model can be put together instead.</summary>
    public static IReadOnlyList<BaselFile> Parts { get; } =
    [
        new("01_MorphableModel.mat", "Basel Face Model 2009, after registration with the University of Basel"),
        new("Exp_Pca.bin", "expression basis of Guo et al., CoarseData of the repository Juyong/3DFace"),
        new("std_exp.txt", Repository),
        new("BFM_front_idx.mat", Repository),
        new("BFM_exp_idx.mat", Repository),
        new("facemodel_info.mat", Repository),
    ];

    /// <summary>The folder: as named, or from <see cref="FolderVariable"/>.</summary>
    /// <param name="folder">Folder, or null for the environment's.</param>
    /// <returns>The path of a folder.</returns>
    /// <exception cref="DataException">None is named, or there is none.</exception>
    public static string Folder(string? folder = null)
    {
        folder ??= Environment.GetEnvironmentVariable(FolderVariable);
        if (string.IsNullOrEmpty(folder))
            throw new DataException("no folder with the Basel Face Model is named", null, $"Set {FolderVariable} to the folder of these files: {Describe([Network, Model, .. Parts])}.");
        return Directory.Exists(folder)
            ? folder
            : throw new DataException("no such folder", folder, $"Correct {FolderVariable}.");
    }

    /// <summary>Finds a file.</summary>
    /// <param name="folder">Folder to look in.</param>
    /// <param name="file">The file.</param>
    /// <returns>Its path, or null.</returns>
    public static string? Find(string folder, BaselFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string[] places = [Path.Combine(folder, file.Name), Path.Combine(folder, "BFM", file.Name)];
        return places.FirstOrDefault(File.Exists);
    }

    /// <summary>Finds files that must be there.</summary>
    /// <param name="folder">Folder to look in.</param>
    /// <param name="files">The files.</param>
    /// <returns>Their paths, in order.</returns>
    /// <exception cref="DataException">Some are missing; the message says which and where to get them.</exception>
    public static IReadOnlyList<string> Require(string folder, params IReadOnlyList<BaselFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var missing = files.Where(file => Find(folder, file) is null).ToArray();
        return missing.Length == 0
            ? [.. files.Select(file => Find(folder, file)!)]
            : throw new DataException(
                $"{string.Join(", ", missing.Select(file => file.Name))} {(missing.Length == 1 ? "is" : "are")} missing",
                folder, $"Licences forbid to ship {(missing.Length == 1 ? "it" : "them")}; put there: {Describe(missing)}. See docs/bfm.md.");
    }

    private static string Describe(IEnumerable<BaselFile> files) =>
        string.Join("; ", files.Select(file => $"{file.Name} ({file.Origin})"));
}
