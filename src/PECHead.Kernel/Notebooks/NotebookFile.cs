using System.Text.Json;
using System.Text.Json.Nodes;

namespace PECHead.Kernel.Notebooks;

/// <summary>A Jupyter notebook, nbformat 4. Metadata that this program does not know survives reading and writing.</summary>
public sealed class NotebookFile
{
    private const long LargestFile = 256 << 20;
    private const int Major = 4;
    private const int Minor = 5;

    private readonly JsonObject _root;
    private readonly List<NotebookCell> _cells;

    private NotebookFile(JsonObject root)
    {
        _root = root;
        _cells = [.. ((JsonArray)root["cells"]!).Select(cell => new NotebookCell((JsonObject)cell!))];
    }

    /// <summary>The cells in order.</summary>
    public IReadOnlyList<NotebookCell> Cells => _cells;

    /// <summary>A notebook for this kernel without cells.</summary>
    public static NotebookFile Create() => new(new JsonObject
    {
        ["cells"] = new JsonArray(),
        ["metadata"] = NotebookMetadata.Create(),
        ["nbformat"] = Major,
        ["nbformat_minor"] = Minor,
    });

    /// <summary>Reads a notebook.</summary>
    /// <param name="path">An <c>.ipynb</c> file.</param>
    /// <exception cref="NotebookException">It is missing, too large, or no notebook of format 4.</exception>
    public static NotebookFile Read(string path)
    {
        if (!File.Exists(path)) throw new NotebookException($"{path}: no such notebook");
        if (new FileInfo(path).Length > LargestFile) throw new NotebookException($"{path}: larger than {LargestFile >> 20} MB, which no notebook should be");
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException failure)
        {
            throw new NotebookException($"{path}: not JSON ({failure.Message})", failure);
        }
        if (root is not JsonObject notebook || notebook["nbformat"] is not JsonValue version || !version.TryGetValue<int>(out var major) || major != Major)
        {
            throw new NotebookException($"{path}: not a notebook of format {Major}: open and save it in a current Jupyter first");
        }
        if (notebook["cells"] is not JsonArray cells || !cells.All(cell => cell is JsonObject)) throw new NotebookException($"{path}: it has no list of cells");
        return new NotebookFile(notebook);
    }

    /// <summary>Adds a cell.</summary>
    /// <param name="index">Before which cell.</param>
    /// <param name="cell">A cell of no other notebook.</param>
    public void Insert(int index, NotebookCell cell)
    {
        _cells.Insert(index, cell);
        ((JsonArray)_root["cells"]!).Insert(index, cell.Json);
    }

    /// <summary>Says which language it is in, as the kernel would say when a front end saves it.</summary>
    internal void SetLanguage()
    {
        if (_root["metadata"] is not JsonObject metadata) _root["metadata"] = metadata = NotebookMetadata.Create();
        metadata["language_info"] = NotebookMetadata.LanguageInfo();
    }

    /// <summary>Writes the notebook as Jupyter would, whole or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    public void Write(string path)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            File.WriteAllText(aside, NotebookJson.Write(_root));
            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
