namespace PECHead.Research.Distribution;

/// <summary>A launcher started several processes, and they cannot be joined: the message says what to install.</summary>
/// <param name="message">What is wrong and what to do.</param>
public sealed class LauncherException(string message) : Exception(message);
