using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PECHead.Research.Data;

/// <summary>A YAML mapping read strictly: unknown, missing and ill-typed keys are errors with file and line.</summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _entries = new(StringComparer.Ordinal);
    private readonly string _file;
    private readonly string _place;
    private readonly int _line;

    /// <param name="file">For messages.</param>
    /// <param name="node">The mapping.</param>
    /// <param name="place">What it is, for messages, such as "videos[0]"; empty for the document.</param>
    /// <param name="keys">All keys that may stand here.</param>
    private YamlMap(string file, YamlNode node, string place, IReadOnlyList<string> keys)
    {
        (_file, _place, _line) = (file, place, checked((int)node.Start.Line));
        if (node is not YamlMappingNode mapping)
            throw Error(node, $"{Name(null)} must be a mapping of keys to values");
        foreach (var (keyNode, value) in mapping.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? throw Error(keyNode, "a key must be plain text");
            if (!keys.Contains(key))
                throw Error(keyNode, $"unknown key '{key}'{In()}; did you mean '{Nearest(key, keys)}'?");
            _entries.Add(key, value);
        }
    }

    /// <summary>Reads a file of one YAML document.</summary>
    public static YamlMap Load(string file, IReadOnlyList<string> keys)
    {
        if (!File.Exists(file))
            throw new DataException("no such manifest", file, "Check the path.");
        try
        {
            var text = File.ReadAllText(file);
            CheckDepth(file, text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1
                ? new YamlMap(file, stream.Documents[0].RootNode, "", keys)
                : throw new DataException($"expected one YAML document, found {stream.Documents.Count}", file);
        }
        catch (YamlException failure)
        {
            throw new DataException($"line {failure.Start.Line}: not valid YAML: {failure.Message.TrimEnd('.')}", file, null, failure);
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet's answer to a few malformed documents, mappings as keys among them.
            throw new DataException($"not valid YAML: {failure.Message.TrimEnd('.')}", file, null, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, file);
        }
    }

    public bool Has(string key) => _entries.ContainsKey(key);

    public string Text(string key) => Read(key) is { } node ? TextOf(node, key) : throw Missing(key);

    public string? TextOrNull(string key) => Read(key) is { } node ? TextOf(node, key) : null;

    public int? IntegerOrNull(string key, int least)
    {
        if (Read(key) is not { } node)
            return null;
        var plain = node is YamlScalarNode { Style: ScalarStyle.Plain } scalar ? scalar.Value : null;
        return int.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw Error(node, $"{Name(key)} must be a whole number of at least {least}, not '{node}'");
    }

    public int Integer(string key, int least) => IntegerOrNull(key, least) ?? throw Missing(key);

    public double? NumberOrNull(string key, double least, double most)
    {
        if (Read(key) is not { } node)
            return null;
        var plain = node is YamlScalarNode { Style: ScalarStyle.Plain } scalar ? scalar.Value : null;
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Error(node, FormattableString.Invariant($"{Name(key)} must be a number from {least} to {most}, not '{node}'"));
    }

    /// <summary>One of a few words.</summary>
    public string Choice(string key, IReadOnlyList<string> words, string? otherwise = null)
    {
        if (Read(key) is not { } node)
            return otherwise ?? throw Missing(key);
        var word = TextOf(node, key);
        return words.Contains(word)
            ? word
            : throw Error(node, $"{Name(key)} must be one of {string.Join(", ", words)}, not '{word}'; did you mean '{Nearest(word, words)}'?");
    }

    public YamlMap? MapOrNull(string key, IReadOnlyList<string> keys) =>
        Read(key) is { } node ? new YamlMap(_file, node, Name(key), keys) : null;

    public YamlMap Map(string key, IReadOnlyList<string> keys) => MapOrNull(key, keys) ?? throw Missing(key);

    public IReadOnlyList<YamlMap> Maps(string key, IReadOnlyList<string> keys)
    {
        if (Read(key) is not { } node)
            return [];
        return node is YamlSequenceNode sequence
            ? [.. sequence.Children.Select((child, i) => new YamlMap(_file, child, $"{Name(key)}[{i}]", keys))]
            : throw Error(node, $"{Name(key)} must be a list");
    }

    /// <summary>An error about the value of a key, or about this mapping.</summary>
    public DataException Wrong(string? key, string problem) =>
        key is not null && Read(key) is { } node
            ? Error(node, $"{Name(key)} {problem}")
            : new DataException($"line {_line}: {Name(null)} {problem}", _file);

    /// <summary>The candidate that takes the fewest edits to reach.</summary>
    internal static string Nearest(string word, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Distance(word, candidate))!;

    private YamlNode? Read(string key) => _entries.GetValueOrDefault(key);

    private string TextOf(YamlNode node, string key) =>
        node is YamlScalarNode { Value: { } value } && !string.IsNullOrWhiteSpace(value) && value != "~"
            ? value.Trim()
            : throw Error(node, $"{Name(key)} must be text");

    private string Name(string? key) => (_place, key) switch
    {
        ("", null) => "the manifest",
        (var place, null) => place,
        ("", var name) => name,
        var (place, name) => $"{place}.{name}",
    };

    private string In() => _place.Length == 0 ? "" : $" in {_place}";

    private DataException Missing(string key) => new($"line {_line}: {Name(null)} lacks the key '{key}'", _file);

    private DataException Error(YamlNode node, string problem) => new($"line {node.Start.Line}: {problem}", _file);

    // Nodes are built by recursion, which a hostile file could drive until the stack ends; events are not.
    private static void CheckDepth(string file, string text)
    {
        const int Deepest = 32;
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > Deepest)
                throw new DataException($"line {parser.Current.Start.Line}: nested deeper than any manifest is", file);
        }
    }

    // Levenshtein's edit distance, one row at a time.
    internal static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
