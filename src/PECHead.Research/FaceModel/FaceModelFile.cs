using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Face models as safetensors: bases in half precision, and the recipe in the metadata.</summary>
public static class FaceModelFile
{
    private const string DirectionNames = "directions";

    /// <summary>The embedded model, which lies beside the library.</summary>
    /// <remarks>Not beside the program: a notebook runs the library from where it was built.</remarks>
    public static string EmbeddedPath { get; } = Path.Combine(
        Path.GetDirectoryName(typeof(FaceModelFile).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory,
        "FaceModel", "mesh-face-model.safetensors");

    /// <summary>Reads a model.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <returns>The model; dispose it.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged or holds something else.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static LinearFaceModel Load(string path)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var tensors = StateDict.Load(path);
        try
        {
            return new LinearFaceModel(
                Required("mean"), Required("identity"), Required("expression"),
                Required("identity_mirror"), Required("expression_mirror"), Directions(path, Required));
        }
        catch (ArgumentException error)
        {
            throw new CheckpointFormatException($"{path} is not a face model: {error.Message}", error);
        }

        Tensor Required(string name) => tensors.TryGetValue(name, out var found)
            ? found.to(ScalarType.Float32)
            : throw new CheckpointFormatException($"{path} is not a face model: it has no '{name}'. Make one with pechead fit-face-model.");
    }

    /// <summary>Writes a model, atomically.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="model">What to write.</param>
    /// <param name="recipe">How it was made, to be kept in the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, LinearFaceModel model, IReadOnlyDictionary<string, string> recipe)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var names = model.Directions.Names;
        var tensors = new Dictionary<string, Tensor>
        {
            ["mean"] = model.Mean,
            ["identity"] = model.Identity.to(ScalarType.Float16),
            ["expression"] = model.Expression.to(ScalarType.Float16),
            ["identity_mirror"] = model.IdentityMirror,
            ["expression_mirror"] = model.ExpressionMirror,
        };
        if (names.Count > 0)
        {
            tensors["steps"] = stack(names.Select(name => tensor(model.Directions[name].Step.ToArray())).ToArray(), 0);
            tensors["readouts"] = stack(names.Select(name => tensor(model.Directions[name].Readout.ToArray())).ToArray(), 0);
        }
        StateDict.Save(path, tensors, new Dictionary<string, string>(recipe) { [DirectionNames] = string.Join(' ', names) });
    }

    private static ExpressionDirections Directions(string path, Func<string, Tensor> required)
    {
        string[] names;
        using (var file = SafetensorsFile.Open(path))
            names = file.Metadata.GetValueOrDefault(DirectionNames, "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
            return ExpressionDirections.None;
        var (steps, readouts) = (required("steps"), required("readouts"));
        if (steps.dim() != 2 || steps.size(0) != names.Length || !steps.shape.SequenceEqual(readouts.shape))
            throw new CheckpointFormatException($"{path}: {names.Length} named directions, but steps and readouts have other sizes.");
        return new ExpressionDirections(names.Select((name, row) => KeyValuePair.Create(
            name, new ExpressionDirection(Row(steps, row), Row(readouts, row)))));

        static float[] Row(Tensor table, int row) => table[row].contiguous().data<float>().ToArray();
    }
}
