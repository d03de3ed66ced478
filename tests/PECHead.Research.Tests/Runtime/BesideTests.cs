using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Runtime;

public sealed class BesideTests
{
    [Fact]
    public void Results_keep_the_order_of_the_items_however_long_each_takes()
        => Assert.Equal(Enumerable.Range(0, 100).Select(item => item * 2), Beside.Work(Enumerable.Range(0, 100), CPU, item =>
        {
            Thread.SpinWait((100 - item) * 500);
            return item * 2;
        }, CancellationToken.None));

    [Fact]
    public async Task An_item_has_one_thread_and_the_caller_keeps_its_own_number()
    {
        var before = get_num_threads();
        var inside = Beside.Work(Enumerable.Range(0, 20), CPU, _ => get_num_threads(), CancellationToken.None);
        Assert.All(inside, threads => Assert.Equal(1, threads));
        Assert.Equal(before, get_num_threads());
        Assert.Equal(before, await Task.Run(get_num_threads));
    }

    [Fact]
    public void The_sequence_is_not_read_to_its_end_before_work_begins()
    {
        int read = 0, most = 0;
        Beside.Work(Enumerable.Range(0, 200).Select(item => Interlocked.Increment(ref read)), CPU, item =>
        {
            lock (this) most = Math.Max(most, Volatile.Read(ref read) - item);
            Thread.Sleep(1);
            return item;
        }, CancellationToken.None);
        Assert.InRange(most, 0, 2 * get_num_threads());
    }

    [Fact]
    public void A_failure_is_the_one_that_was_thrown()
    {
        var failure = new DataException("broken", "file", "remedy");
        Assert.Same(failure, Assert.Throws<DataException>(() => Beside.Work(Enumerable.Range(0, 50), CPU, item => item == 7 ? throw failure : item, CancellationToken.None)));
        Assert.Same(failure, Assert.Throws<DataException>(() => Beside.Work(Enumerable.Range(0, 50).Select(item => item == 7 ? throw failure : item), CPU, item => item, CancellationToken.None)));
    }

    [Fact]
    public void Who_cancels_gets_that_answer()
    {
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Beside.Work(Enumerable.Range(0, 1000), CPU, item =>
        {
            if (item == 20) stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
            return item;
        }, stop.Token));
    }
}
