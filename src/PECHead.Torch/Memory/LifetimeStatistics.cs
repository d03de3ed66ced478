namespace TorchSharp;

/// <summary>Counts of one kind of disposable object on one thread since the last <see cref="Reset"/>.</summary>
public class LifetimeStatistics
{
    public long CreatedOutsideScopeCount { get; internal set; }

    public long DisposedOutsideScopeCount { get; internal set; }

    public long CreatedInScopeCount { get; internal set; }

    public long DisposedInScopeCount { get; internal set; }

    public long AttachedToScopeCount { get; internal set; }

    public long DetachedFromScopeCount { get; internal set; }

    /// <summary>Created minus disposed on this thread; negative when it disposed tensors of another thread.</summary>
    public long ThreadTotalLiveCount
        => CreatedInScopeCount + CreatedOutsideScopeCount - DisposedInScopeCount - DisposedOutsideScopeCount;

    public void Reset()
    {
        CreatedOutsideScopeCount = DisposedOutsideScopeCount = 0;
        CreatedInScopeCount = DisposedInScopeCount = 0;
        AttachedToScopeCount = DetachedFromScopeCount = 0;
    }

    public override string ToString()
        => $"live {ThreadTotalLiveCount}, created in scope {CreatedInScopeCount}, outside {CreatedOutsideScopeCount}, "
            + $"disposed in scope {DisposedInScopeCount}, outside {DisposedOutsideScopeCount}, "
            + $"attached {AttachedToScopeCount}, detached {DetachedFromScopeCount}";

    internal void CountCreated(bool inScope)
    {
        if (inScope) CreatedInScopeCount++;
        else CreatedOutsideScopeCount++;
    }

    internal void CountDisposed(bool inScope)
    {
        if (inScope) DisposedInScopeCount++;
        else DisposedOutsideScopeCount++;
    }
}
