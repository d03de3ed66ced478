namespace PECHead.Research.Checkpoints;

/// <summary>A dictionary out of a pickle, in its order. Only text keys can be looked up; others are kept as they came.</summary>
internal sealed class PickleDict
{
    private readonly List<KeyValuePair<object?, object?>> _entries = [];
    private readonly Dictionary<string, int> _byText = new(StringComparer.Ordinal);

    /// <summary>Keys and values in the order in which the keys first came.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Entries => _entries;

    /// <summary>Keys that are text, with their values.</summary>
    public IEnumerable<(string Name, object? Value)> Named
    {
        get
        {
            foreach (var (key, value) in _entries)
            {
                if (key is string name)
                    yield return (name, value);
            }
        }
    }

    /// <summary>The value under a text key, or null.</summary>
    /// <param name="name">The key.</param>
    public object? this[string name] => _byText.TryGetValue(name, out var index) ? _entries[index].Value : null;

    /// <summary>Whether there is such a text key.</summary>
    /// <param name="name">The key.</param>
    public bool Contains(string name) => _byText.ContainsKey(name);

    /// <summary>Adds a value, or replaces the one under the same text key.</summary>
    /// <param name="key">Anything; containers are not compared, so a damaged file cannot make this slow.</param>
    /// <param name="value">The value.</param>
    public void Set(object? key, object? value)
    {
        var entry = new KeyValuePair<object?, object?>(key, value);
        if (key is not string name)
            _entries.Add(entry);
        else if (_byText.TryAdd(name, _entries.Count))
            _entries.Add(entry);
        else
            _entries[_byText[name]] = entry;
    }
}
