namespace PECHead.Research.Checkpoints;

/// <summary>Finds the state dict inside the dictionaries that checkpoints wrap around it.</summary>
internal static class StateDictSearch
{
    private const char Separator = '/';
    private const int MaxDepth = 4;

    /// <summary>Names of a whole model's weights, best first: averaged weights are the ones to use.</summary>
    private static readonly string[] Preferred = ["params_ema", "params", "state_dict", "model_state_dict", "model"];

    /// <summary>Finds the state dict.</summary>
    /// <param name="root">The value that was saved.</param>
    /// <param name="container">Path of keys, null to look for the only one, empty for the top level.</param>
    /// <returns>The dictionary whose values are the tensors.</returns>
    /// <exception cref="CheckpointFormatException">There is none, or several and none is preferred.</exception>
    public static PickleDict Find(object? root, string? container)
    {
        if (root is not PickleDict dict)
            throw new CheckpointFormatException("The file holds a single value, not a dictionary of tensors.");
        return container is null ? Choose(Uppermost(dict)) : Descend(dict, container);
    }

    /// <summary>Paths of all state dicts on the first level that has any; one empty path where that is the top.</summary>
    /// <param name="root">The value that was saved.</param>
    /// <exception cref="CheckpointFormatException">There is none.</exception>
    public static IReadOnlyList<string> Paths(object? root) => root is PickleDict dict
        ? [.. Uppermost(dict).Select(entry => entry.Path)]
        : throw new CheckpointFormatException("The file holds a single value, not a dictionary of tensors.");

    private static (string Path, PickleDict Dict)[] Uppermost(PickleDict root)
    {
        var level = new List<(string Path, PickleDict Dict)> { (string.Empty, root) };
        for (var depth = 0; depth < MaxDepth && level.Count > 0; depth++)
        {
            var found = level.Where(entry => HoldsTensors(entry.Dict)).ToArray();
            if (found.Length > 0)
                return found;
            level = [.. level.SelectMany(Children)];
        }

        throw new CheckpointFormatException("The file holds no dictionary of tensors.");
    }

    private static PickleDict Descend(PickleDict root, string container)
    {
        var dict = root;
        foreach (var name in container.Split(Separator, StringSplitOptions.RemoveEmptyEntries))
        {
            dict = dict[name] as PickleDict
                ?? throw new CheckpointFormatException($"There is no '{container}' in the file; it has {Names(Children((string.Empty, dict)))}.");
        }

        return HoldsTensors(dict) ? dict : throw new CheckpointFormatException($"'{container}' holds no tensors.");
    }

    private static PickleDict Choose((string Path, PickleDict Dict)[] found)
    {
        if (found.Length == 1)
            return found[0].Dict;
        foreach (var name in Preferred)
        {
            foreach (var (path, dict) in found)
            {
                if (path == name || path.EndsWith(Separator + name, StringComparison.Ordinal))
                    return dict;
            }
        }

        throw new CheckpointFormatException($"The file holds several state dicts; name one of {Names(found)}.");
    }

    /// <summary>Dictionaries one level down, except an optimiser's state, whose tensors are no weights.</summary>
    private static IEnumerable<(string Path, PickleDict Dict)> Children((string Path, PickleDict Dict) parent)
    {
        foreach (var (name, value) in parent.Dict.Named)
        {
            if (value is PickleDict dict && !(dict.Contains("state") && dict.Contains("param_groups")))
                yield return (parent.Path.Length == 0 ? name : $"{parent.Path}{Separator}{name}", dict);
        }
    }

    private static bool HoldsTensors(PickleDict dict) => dict.Named.Any(entry => entry.Value is StoredTensor);

    private static string Names(IEnumerable<(string Path, PickleDict Dict)> found) =>
        string.Join(", ", found.Take(20).Select(entry => $"'{entry.Path}'"));
}
