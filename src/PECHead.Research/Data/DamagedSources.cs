namespace PECHead.Research.Data;

/// <summary>What several ranks found wrong, each among its own sources or clips, as one error.</summary>
internal static class DamagedSources
{
    /// <summary>Requires that nobody found anything.</summary>
    /// <param name="found">Of every rank what it found.</param>
    /// <param name="count">How many things were looked at by all.</param>
    /// <param name="what">What they are, such as clips.</param>
    /// <exception cref="DataException">Somebody did: one error is told as it is, several are counted and listed.</exception>
    public static void Require(IReadOnlyList<IReadOnlyList<Damage>> found, int count, string what)
    {
        Damage[] all = [.. found.SelectMany(rank => rank)];
        if (all.Length == 0) return;
        throw all.Length == 1
            ? new DataException(all[0].Problem, all[0].File, all[0].Remedy)
            : new DataException(Listed($"{all.Length} of {count} {what} cannot be read", all.Select(one => new DataException(one.Problem, one.File, one.Remedy).Message)));
    }

    /// <summary>A sentence with a list below.</summary>
    /// <param name="what">The sentence, without its end.</param>
    /// <param name="messages">A line each.</param>
    public static string Listed(string what, IEnumerable<string> messages) => $"{what}:{string.Concat(messages.Select(message => $"{Environment.NewLine}  {message}"))}";
}

/// <summary>An error of data on its way to another rank.</summary>
/// <param name="Problem">What is wrong.</param>
/// <param name="File">File at fault, or null.</param>
/// <param name="Remedy">What to do about it, or null.</param>
internal sealed record Damage(string Problem, string? File, string? Remedy)
{
    /// <summary>What a rank found.</summary>
    /// <param name="failure">Its error.</param>
    public static Damage Of(DataException failure) => new(failure.Problem, failure.File, failure.Remedy);
}
