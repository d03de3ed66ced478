using PECHead.Research.Checkpoints;
using PECHead.Research.Data;

namespace PECHead.Studio.Server;

/// <summary>What to tell a page of an error, so that one bad file or value ends nothing.</summary>
internal static class Failure
{
    /// <summary>Does something.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public static string? Of(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Describe(failure);
        }
    }

    /// <summary>The words for an error.</summary>
    public static string Describe(Exception failure)
        => IsUsers(failure) ? Sentence(failure) : $"This is a bug of the studio: {failure.GetType().Name}, {failure.Message}";

    /// <summary>Whether the user can act on it.</summary>
    public static bool IsUsers(Exception failure)
        => failure is DataException or CheckpointFormatException or ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException;

    // A problem without a file begins the sentence.
    private static string Sentence(Exception failure)
        => PlainMessage.Of(failure) is { Length: > 0 } message && failure is DataException { File: null } ? char.ToUpperInvariant(message[0]) + message[1..] : PlainMessage.Of(failure);
}
