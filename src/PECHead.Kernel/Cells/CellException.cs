namespace PECHead.Kernel.Cells;

/// <summary>A cell cannot run: a directive or the compiler refuses it.</summary>
public sealed class CellException : Exception
{
    internal CellException(string name, string message, params string[] trace)
        : base(message)
        => Error = new CellError(name, message, trace.Length > 0 ? trace : [$"{name}: {message}"]);

    /// <summary>What to show.</summary>
    public CellError Error { get; }
}
