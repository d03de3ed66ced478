namespace PECHead.Research.Metrics;

/// <summary>How many samples a metric left out, by reason.</summary>
public sealed class SkipTally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Skipped samples by reason, in alphabetical order.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>All skipped samples.</summary>
    public long Total => _counts.Values.Sum();

    /// <summary>One line: <c>3 skipped (2 no face in the generated frame, 1 …)</c>, or <c>none skipped</c>.</summary>
    public override string ToString() => Total == 0
        ? "none skipped"
        : $"{Total} skipped ({string.Join(", ", _counts.Select(entry => $"{entry.Value} {entry.Key}"))})";

    internal void Add(string reason, long count = 1)
    {
        if (count > 0)
            _counts[reason] = _counts.GetValueOrDefault(reason) + count;
    }

    internal void Add(SkipTally other)
    {
        foreach (var (reason, count) in other._counts)
            Add(reason, count);
    }

    internal void Clear() => _counts.Clear();

    internal void Write(BinaryWriter writer)
    {
        writer.Write(_counts.Count);
        foreach (var (reason, count) in _counts)
        {
            writer.Write(reason);
            writer.Write(count);
        }
    }

    internal void Read(BinaryReader reader)
    {
        for (int left = reader.ReadInt32(); left > 0; left--) Add(reader.ReadString(), reader.ReadInt64());
    }
}
