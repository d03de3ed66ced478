namespace TorchSharp;

/// <summary>Counts of tensors created and disposed by the calling thread, inside and outside dispose scopes.</summary>
public class ThreadDisposeScopeStatistics
{
    public LifetimeStatistics TensorStatistics { get; } = new();

    public long CreatedOutsideScopeCount => TensorStatistics.CreatedOutsideScopeCount;

    public long DisposedOutsideScopeCount => TensorStatistics.DisposedOutsideScopeCount;

    public long CreatedInScopeCount => TensorStatistics.CreatedInScopeCount;

    public long DisposedInScopeCount => TensorStatistics.DisposedInScopeCount;

    public long AttachedToScopeCount => TensorStatistics.AttachedToScopeCount;

    public long DetachedFromScopeCount => TensorStatistics.DetachedFromScopeCount;

    public long ThreadTotalLiveCount => TensorStatistics.ThreadTotalLiveCount;

    public void Reset() => TensorStatistics.Reset();

    public override string ToString() => TensorStatistics.ToString();

    internal void CountCreated(bool inScope) => TensorStatistics.CountCreated(inScope);

    internal void CountDisposed(bool inScope) => TensorStatistics.CountDisposed(inScope);

    internal void CountAttached() => TensorStatistics.AttachedToScopeCount++;

    internal void CountDetached() => TensorStatistics.DetachedFromScopeCount++;
}
