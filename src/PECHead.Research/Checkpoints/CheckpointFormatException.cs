namespace PECHead.Research.Checkpoints;

/// <summary>A checkpoint file is damaged, malicious, or of a kind that is not read here; the message says which.</summary>
/// <remarks>Every malformed file ends in this exception: no other type escapes the readers, except those of the file system.</remarks>
public sealed class CheckpointFormatException : IOException
{
    /// <summary>An exception without details.</summary>
    public CheckpointFormatException()
    {
    }

    /// <summary>An exception that says what is wrong with the file.</summary>
    /// <param name="message">What was found and what was expected.</param>
    public CheckpointFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong with the file.</summary>
    /// <param name="message">What was found and what was expected.</param>
    /// <param name="innerException">The error of the layer below.</param>
    public CheckpointFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
