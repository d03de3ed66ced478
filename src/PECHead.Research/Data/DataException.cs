namespace PECHead.Research.Data;

/// <summary>Bad input data, or a tool or disk that failed on it: says which file, what is wrong and what to do.</summary>
public sealed class DataException : Exception
{
    /// <summary>Creates the error; the message reads "file: problem. Remedy."</summary>
    /// <param name="problem">What is wrong, without a final full stop.</param>
    /// <param name="file">File or folder at fault, or null when there is none.</param>
    /// <param name="remedy">What the user can do about it, a full sentence, or null.</param>
    /// <param name="inner">The error underneath.</param>
    public DataException(string problem, string? file = null, string? remedy = null, Exception? inner = null)
        : base(Compose(problem, file, remedy), inner)
    {
        Problem = problem;
        File = file;
        Remedy = remedy;
    }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>File or folder at fault, or null.</summary>
    public string? File { get; }

    /// <summary>What the user can do about it, or null.</summary>
    public string? Remedy { get; }

    private static string Compose(string problem, string? file, string? remedy) =>
        $"{(file is null ? "" : file + ": ")}{problem}{(problem.EndsWith('?') || problem.EndsWith('.') ? "" : ".")}{(remedy is null ? "" : " " + remedy)}";
}
