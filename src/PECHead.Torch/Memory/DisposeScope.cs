namespace TorchSharp;

/// <summary>
/// Owns the tensors created while it is the innermost scope of its thread and disposes them together.
/// Semantics are TorchSharp's: a tensor belongs to at most one scope, and can be moved outwards or detached.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager _manager;
    private HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);
    private bool _disposed;

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer)
    {
        _manager = manager;
        Outer = outer;
    }

    /// <summary>The scope around this one on the same thread.</summary>
    internal DisposeScope? Outer { get; }

    public IReadOnlyList<IDisposable> DisposablesView => [.. _disposables];

    public int DisposablesCount => _disposables.Count;

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    public void Attach(IDisposable disposable)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (disposable is torch.Tensor tensor)
        {
            if (tensor.OwningDisposeScope == this) return;
            if (tensor.OwningDisposeScope is { } owner) owner._disposables.Remove(tensor);
            else _manager.StatisticsInstance.CountAttached();
            tensor.OwningDisposeScope = this;
        }
        _disposables.Add(disposable);
    }

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var list = disposables.ToList();
        foreach (var disposable in list) Attach(disposable);
        return list;
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        if (_disposables.Remove(disposable)) Release(disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
        => (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
        => (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) Detach<IDisposable>(disposable);
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
        => MoveToOther(Outer, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
        => (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
        => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(Outer, (IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(Outer, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        if (!_disposables.Remove(disposable)) return disposable;
        if (scope is null)
        {
            Release(disposable);
            return disposable;
        }
        if (disposable is torch.Tensor tensor) tensor.OwningDisposeScope = scope;
        scope._disposables.Add(disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
        => (MoveToOther(scope, first), MoveToOther(scope, second));

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
        => (MoveToOther(scope, first), MoveToOther(scope, second), MoveToOther(scope, third));

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables)
        => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) MoveToOther<IDisposable>(scope, disposable);
    }

    public void DisposeEverything() => DisposeEverythingBut([]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var keep = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        var all = _disposables;
        _disposables = new HashSet<IDisposable>(ReferenceEqualityComparer.Instance);
        foreach (var disposable in all)
        {
            if (keep.Contains(disposable)) _disposables.Add(disposable);
            else disposable.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[first, second]);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[first, second, third]);
        return (first, second, third);
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        _disposables.Remove(disposable);
        if (disposable is torch.Tensor tensor) tensor.OwningDisposeScope = null;
    }

    /// <summary>Disposes what the scope still owns and ends it. Inner scopes left open end with it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var disposable in _disposables) disposable.Dispose();
        _disposables.Clear();
        _manager.Remove(this);
    }

    /// <summary>Takes a tensor that was just created, without the bookkeeping of <see cref="Attach(IDisposable)"/>.</summary>
    internal void Adopt(torch.Tensor tensor)
    {
        tensor.OwningDisposeScope = this;
        _disposables.Add(tensor);
    }

    /// <summary>
    /// Forgets a tensor that is disposing itself, unless the whole scope is ending. A scope belongs to one thread: what
    /// another thread disposes stays listed here until the scope ends, and is then passed over.
    /// </summary>
    internal void Forget(torch.Tensor tensor)
    {
        if (!_disposed && _manager == DisposeScopeManager.Current) _disposables.Remove(tensor);
    }

    private void Release(IDisposable disposable)
    {
        if (disposable is not torch.Tensor tensor) return;
        tensor.OwningDisposeScope = null;
        _manager.StatisticsInstance.CountDetached();
    }
}
