using PECHead.Research.Data;
using PECHead.Research.Tests.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Runtime;

[Collection(AloneCollection.Name)]
public sealed class BesideTests
{
    [Fact]
    public void Results_keep_the_order_of_the_items_however_long_each_takes()
        => Assert.Equal(Enumerable.Range(0, 100).Select(item => item * 2), Work(Enumerable.Range(0, 100), item =>
        {
            Thread.SpinWait((100 - item) * 500);
            return item * 2;
        }));

    [Fact]
    public void An_item_has_one_thread_and_the_caller_keeps_its_own_number()
    {
        using var two = ThreadShare.Take(2);
        var inside = Work(Enumerable.Range(0, 20), _ => get_num_threads()).ToList();
        Assert.All(inside, threads => Assert.Equal(1, threads));
        Assert.Equal(2, get_num_threads());
    }

    [Fact]
    public void The_sequence_is_read_no_farther_than_there_are_workers()
    {
        int read = 0, taken = 0;
        foreach (var _ in Work(Enumerable.Range(0, 200).Select(item => ++read), item => item))
        {
            taken++;
            Assert.InRange(read - taken, 0, Math.Max(1, get_num_threads()));
        }
        Assert.Equal(200, taken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failure_is_the_one_that_was_thrown_and_comes_in_the_place_of_its_item(bool ofTheSequence)
    {
        var failure = new DataException("broken", "file", "remedy");
        var seen = new List<int>();
        Assert.Same(failure, Assert.Throws<DataException>(() =>
        {
            foreach (var item in Work(Enumerable.Range(0, 50).Select(item => Fails(item, ofTheSequence)), item => Fails(item, !ofTheSequence))) seen.Add(item);
        }));
        Assert.Equal(Enumerable.Range(0, 7), seen);

        int Fails(int item, bool here) => here && item == 7 ? throw failure : item;
    }

    [Fact]
    public void Who_leaves_early_leaves_no_work_and_no_result_behind()
    {
        int begun = 0, freed = 0, taken = 0;
        foreach (var _ in Enumerable.Range(0, 1000).SideBySide(CPU, item => Interlocked.Increment(ref begun), _ => freed++))
        {
            if (++taken == 5) break;
        }
        Assert.Equal(begun, taken + freed);
        Assert.InRange(begun, 5, 5 + get_num_threads());
    }

    private static IEnumerable<TResult> Work<TResult>(IEnumerable<int> items, Func<int, TResult> work) => items.SideBySide(CPU, work, _ => { });
}
