using System.Globalization;
using System.IO.Enumeration;
using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines;

/// <summary>The networks in a file of published weights: a state dict each, under the name of the part.</summary>
/// <remarks>
/// A PyTorch file has a container for each part. A safetensors copy has one list of tensors; there the part is what stands before
/// the first dot. A file of one network alone has neither. Tensors belong to the dispose scope in which they are first asked for.
/// </remarks>
internal sealed class PublishedParts
{
    private const string Whole = "";
    private const string DataParallel = "module.";
    private const int MostBlocks = 16;
    private const long MostChannels = 1 << 15;

    private readonly Dictionary<string, Dictionary<string, Tensor>> _parts;

    /// <summary>Parts that are in memory already.</summary>
    /// <param name="parts">Published names and tensors by the name of the part.</param>
    /// <param name="source">Where they are from, for messages.</param>
    public PublishedParts(Dictionary<string, Dictionary<string, Tensor>> parts, string source) => (_parts, Source) = (parts, source);

    /// <summary>Where the tensors are from.</summary>
    public string Source { get; }

    /// <summary>Names of the parts.</summary>
    public IEnumerable<string> Names => _parts.Keys;

    /// <summary>Reads a file in either layout of PyTorch, or a safetensors copy.</summary>
    /// <param name="path">The file, told apart by content.</param>
    /// <exception cref="CheckpointFormatException">The file is damaged or holds no tensors.</exception>
    public static PublishedParts Read(string path)
    {
        var containers = StateDictReader.Containers(path);
        return containers is [Whole]
            ? new PublishedParts(Split(StateDict.Load(path, Whole)), path)
            : new PublishedParts(containers.ToDictionary(name => name.Split('/')[^1], name => Plain(StateDict.Load(path, name))), path);
    }

    /// <summary>Reads a folder in which each network, or a few, have a file of their own, in either layout of PyTorch.</summary>
    /// <param name="folder">The folder; the files may lie in subfolders.</param>
    /// <param name="files">What is where.</param>
    /// <exception cref="CheckpointFormatException">Files are missing, twice there, or damaged.</exception>
    public static PublishedParts Read(string folder, IReadOnlyList<PublishedFile> files)
    {
        string[] all = [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })];
        string[] names = [.. files.Select(file => file.Name).Distinct()];
        var there = names.ToDictionary(name => name, name => all.Where(file => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file))).ToArray());
        string[] missing = [.. names.Where(name => there[name].Length == 0)], twice = [.. names.Where(name => there[name].Length > 1)];
        if (missing.Length > 0) throw new CheckpointFormatException($"{folder} has no {string.Join(", ", missing)}; needed are {string.Join(", ", names)}.");
        if (twice.Length > 0) throw new CheckpointFormatException($"{folder} has more than one {string.Join(", ", twice)}: name the folder of one set.");
        var parts = new Dictionary<string, Dictionary<string, Tensor>>();
        foreach (var (name, container, part) in files)
        {
            var file = there[name].Single();
            var containers = StateDictReader.Containers(file);
            if (!containers.Contains(container)) throw new CheckpointFormatException($"{file} has no '{container}'; there are {string.Join(", ", containers.Select(one => $"'{one}'"))}.");
            parts[part] = Plain(StateDict.Load(file, container));
        }
        return new PublishedParts(parts, folder);
    }

    /// <summary>Whether a part has a tensor of a name.</summary>
    /// <param name="part">Name of the part.</param>
    /// <param name="name">Published name of the tensor.</param>
    public bool Has(string part, string name) => _parts.TryGetValue(part, out var tensors) && tensors.ContainsKey(name);

    /// <summary>Whether there is such a part.</summary>
    /// <param name="part">Its name.</param>
    public bool Has(string part) => _parts.ContainsKey(part);

    /// <summary>The tensors of a part under our names.</summary>
    /// <param name="part">Its name.</param>
    /// <param name="translate">Our name of a published one.</param>
    /// <exception cref="CheckpointFormatException">There is no such part.</exception>
    public Dictionary<string, Tensor> Translated(string part, Func<string, string> translate) =>
        Part(part).ToDictionary(entry => translate(entry.Key), entry => entry.Value, StringComparer.Ordinal);

    /// <summary>How many tensors a part has.</summary>
    /// <param name="part">Its name.</param>
    public int Count(string part) => Part(part).Count;

    /// <summary>A size of a tensor, from which the size of the model follows.</summary>
    /// <param name="part">Name of the part.</param>
    /// <param name="name">Published name of the tensor.</param>
    /// <param name="axis">Which of its sizes.</param>
    /// <exception cref="CheckpointFormatException">There is no such tensor, or its size is not plausible.</exception>
    public int Size(string part, string name, int axis) =>
        Part(part).TryGetValue(name, out var tensor) && tensor.ndim > axis && tensor.size(axis) is > 0 and <= MostChannels
            ? (int)tensor.size(axis)
            : throw new CheckpointFormatException($"{Source}: '{part}' has no '{name}' of a plausible shape.");

    /// <summary>How many numbered modules a part has.</summary>
    /// <param name="part">Name of the part.</param>
    /// <param name="prefix">What stands before the number, such as <c>down_blocks.</c>.</param>
    public int Blocks(string part, string prefix) => 1 + Part(part).Keys
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => int.TryParse(name[prefix.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < MostBlocks ? index : -1)
        .DefaultIfEmpty(-1).Max();

    private Dictionary<string, Tensor> Part(string part) => _parts.TryGetValue(part, out var tensors)
        ? tensors
        : throw new CheckpointFormatException($"{Source}: there is no '{part}'; the file has {string.Join(", ", _parts.Keys.Select(name => $"'{name}'"))}.");

    private static Dictionary<string, Dictionary<string, Tensor>> Split(Dictionary<string, Tensor> all) => all
        .GroupBy(entry => entry.Key.Split('.')[0])
        .ToDictionary(part => part.Key, part => Plain(part.ToDictionary(entry => entry.Key[Math.Min(entry.Key.Length, part.Key.Length + 1)..], entry => entry.Value)));

    private static Dictionary<string, Tensor> Plain(Dictionary<string, Tensor> tensors) =>
        tensors.Keys.All(name => name.StartsWith(DataParallel, StringComparison.Ordinal))
            ? tensors.ToDictionary(entry => entry.Key[DataParallel.Length..], entry => entry.Value)
            : tensors;
}
