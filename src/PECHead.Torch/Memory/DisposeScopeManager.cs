namespace TorchSharp;

/// <summary>The stack of dispose scopes of one thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? s_current;

    private DisposeScope? _innermost;

    public static ThreadDisposeScopeStatistics Statistics => Current.StatisticsInstance;

    internal static DisposeScopeManager Current => s_current ??= new DisposeScopeManager();

    internal ThreadDisposeScopeStatistics StatisticsInstance { get; } = new();

    internal DisposeScope? Innermost => _innermost;

    internal DisposeScope New() => _innermost = new DisposeScope(this, _innermost);

    internal void Register(torch.Tensor tensor)
    {
        StatisticsInstance.CountCreated(_innermost is not null);
        _innermost?.Adopt(tensor);
    }

    /// <summary>Unwinds the stack to just outside <paramref name="scope"/>, if it is on it.</summary>
    internal void Remove(DisposeScope scope)
    {
        for (var inner = _innermost; inner is not null; inner = inner.Outer)
        {
            if (inner != scope) continue;
            _innermost = scope.Outer;
            return;
        }
    }
}
