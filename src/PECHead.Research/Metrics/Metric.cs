namespace PECHead.Research.Metrics;

/// <summary>
/// A number that is gathered batch by batch in constant memory, on one worker or on several whose results are merged.
/// </summary>
/// <remarks>
/// Sums run in float64. What cannot be measured, such as a frame without a face, is skipped and counted under its reason;
/// what makes no sense, such as NaN or frames of two sizes, is an error and leaves the metric as it was.
/// </remarks>
public abstract class Metric
{
    private protected Metric()
    {
    }

    /// <summary>Name as in tables. It carries the network in brackets wherever that is not the literature's own.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a larger number is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>Samples that went into the number: frames, or what the metric says instead.</summary>
    public abstract long Count { get; }

    /// <summary>Whether there are samples enough for a number; where not, <see cref="Compute"/> throws.</summary>
    public abstract bool HasValue { get; }

    /// <summary>Samples that were left out, by reason.</summary>
    public SkipTally Skipped { get; } = new();

    /// <summary>The number over all samples so far.</summary>
    /// <exception cref="InvalidOperationException">Too few samples; the message says how many were skipped and why.</exception>
    public abstract double Compute();

    /// <summary>Where the number might have been with other samples from the same source.</summary>
    /// <param name="level">Probability that the interval covers, in (0, 1).</param>
    /// <returns>Null where no bootstrap was asked for or the metric has none.</returns>
    public abstract ConfidenceInterval? Interval(double level = 0.95);

    /// <summary>Whether a full name is that of the metric with this bare name, whatever network or size follows it: CSIM is CSIM[faceres].</summary>
    /// <param name="name">As <see cref="Name"/> gives it.</param>
    /// <param name="bare">As papers write it, in any case.</param>
    public static bool IsNamed(string name, string bare)
        => string.Equals(Bare(name), bare, StringComparison.OrdinalIgnoreCase) || string.Equals(name, bare, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name as papers write it, without the network or size behind it: CSIM of CSIM[faceres].</summary>
    /// <param name="name">As <see cref="Name"/> gives it.</param>
    public static string Bare(string name) => name.IndexOfAny(['[', '@', ' ']) is >= 0 and var end ? name[..end] : name;

    /// <summary>Takes in what another worker has gathered; the result is that of a single pass over both.</summary>
    /// <param name="other">A metric of the same kind and name. It stays as it is.</param>
    /// <exception cref="ArgumentException">Another kind, another name or other settings.</exception>
    public void Merge(Metric other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.GetType() != GetType() || other.Name != Name)
            throw new ArgumentException($"{Name} cannot take in {other.Name}: merge metrics of one kind, network and setting.", nameof(other));
        if (ReferenceEquals(other, this))
            throw new ArgumentException($"{Name} cannot take in itself.", nameof(other));
        MergeSamples(other);
        Skipped.Add(other.Skipped);
    }

    /// <summary>Forgets all samples and skips.</summary>
    public void Reset()
    {
        ResetSamples();
        Skipped.Clear();
    }

    /// <summary>Writes what was gathered, for a metric of the same kind and name in another process.</summary>
    /// <param name="writer">Where to.</param>
    internal void Write(BinaryWriter writer)
    {
        Skipped.Write(writer);
        WriteSamples(writer);
    }

    /// <summary>Takes the place of what <see cref="Write"/> wrote, bit for bit.</summary>
    /// <param name="reader">Where from.</param>
    internal void Read(BinaryReader reader)
    {
        Reset();
        Skipped.Read(reader);
        ReadSamples(reader);
    }

    private protected abstract void MergeSamples(Metric other);

    private protected abstract void WriteSamples(BinaryWriter writer);

    private protected abstract void ReadSamples(BinaryReader reader);

    private protected abstract void ResetSamples();

    private protected InvalidOperationException TooFew(string what) =>
        new(Skipped.Total == 0 ? $"{Name}: {what}." : $"{Name}: {what}; {Skipped}.");
}
