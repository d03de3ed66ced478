namespace PECHead.Kernel.Notebooks;

/// <summary>A file is not a notebook that can be read, or a run of it is asked for what it does not have.</summary>
/// <param name="message">What, where, and what to do.</param>
/// <param name="cause">What failed underneath, if anything.</param>
public sealed class NotebookException(string message, Exception? cause = null) : IOException(message, cause);
