using System.Collections.Concurrent;

namespace PECHead.Kernel.Host;

/// <summary>What the person at the notebook typed, on its way to the cell that asked.</summary>
internal sealed class InputAnswers
{
    private readonly BlockingCollection<(string? Text, string? Error)> _answers = [];

    public void Add(string? text, string? error) => _answers.Add((text, error));

    /// <exception cref="InvalidOperationException">Nobody can be asked.</exception>
    public string Take(CancellationToken cancellation)
    {
        var (text, error) = _answers.Take(cancellation);
        return text ?? throw new InvalidOperationException(error ?? "Nobody can be asked.");
    }
}
