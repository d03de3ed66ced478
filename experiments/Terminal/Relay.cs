namespace PECHead.Experiments.Terminal;

/// <summary>Reports progress at once, on the caller's thread (<see cref="Progress{T}"/> would post it to another).</summary>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
