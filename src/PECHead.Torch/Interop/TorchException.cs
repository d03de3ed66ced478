using System.Runtime.InteropServices;

namespace PECHead.Torch;

/// <summary>
/// What libtorch refused and why: the operator, its message, and the shapes it was given. It derives from the type
/// that TorchSharp throws, so code written for either catches both.
/// </summary>
public sealed class TorchException : ExternalException
{
    /// <summary>Creates an exception without a message.</summary>
    public TorchException()
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">The operator, what is wrong, and the arguments.</param>
    public TorchException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a cause.</summary>
    /// <param name="message">The operator, what is wrong, and the arguments.</param>
    /// <param name="inner">The cause.</param>
    public TorchException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
