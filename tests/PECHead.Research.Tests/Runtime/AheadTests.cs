using PECHead.Research.Data;

namespace PECHead.Research.Tests.Runtime;

public sealed class AheadTests
{
    [Fact]
    public void Items_keep_their_order_through_several_steps_each_on_a_thread_of_its_own()
    {
        var threads = new HashSet<int>[] { [], [], [] };
        IEnumerable<int> On(int step, IEnumerable<int> items) => items.Select(item =>
        {
            threads[step].Add(Environment.CurrentManagedThreadId);
            Thread.SpinWait(item % 7 * 1000);
            return item;
        });
        Assert.Equal(Enumerable.Range(0, 200), On(2, On(1, On(0, Enumerable.Range(0, 200)).RunAhead(3)).RunAhead(1)));
        Assert.All(threads, step => Assert.Single(step));
        Assert.Equal(3, threads.SelectMany(step => step).Distinct().Count());
        Assert.Contains(Environment.CurrentManagedThreadId, threads[2]);
    }

    [Fact]
    public void No_more_items_wait_than_the_queue_holds()
    {
        var made = 0;
        foreach (var item in Enumerable.Range(0, 50).Select(item => Interlocked.Increment(ref made)).RunAhead(4))
        {
            Thread.Sleep(2);
            // One more is in the making, and one is here.
            Assert.InRange(Volatile.Read(ref made), item, item + 4 + 1);
        }
        Assert.Equal(50, made);
    }

    [Fact]
    public void A_failure_comes_behind_the_items_in_front_of_it_and_is_the_one_that_was_thrown()
    {
        var failure = new DataException("broken", "file", "remedy");
        var seen = new List<int>();
        var thrown = Assert.Throws<DataException>(() =>
        {
            foreach (var item in Enumerable.Range(0, 9).Select(item => item == 5 ? throw failure : item).RunAhead(2).Select(item => item * 2).RunAhead(2)) seen.Add(item);
        });
        Assert.Same(failure, thrown);
        Assert.Equal([0, 2, 4, 6, 8], seen);
    }

    [Fact]
    public void Who_stops_early_finds_the_sequence_ended_and_what_waited_freed()
    {
        var (open, made, freed) = (true, 0, 0);
        IEnumerable<int> Endless()
        {
            try
            {
                while (true) yield return made++;
            }
            finally
            {
                open = false;
            }
        }
        var taken = Endless().RunAhead(3, _ => freed++).Take(10).Count();
        Assert.False(open);
        Assert.Equal(made, taken + freed);
        Assert.InRange(freed, 0, 4);
    }

    [Fact]
    public void A_caller_that_fails_ends_all_steps_and_its_own_failure_counts()
    {
        var ended = 0;
        IEnumerable<int> Step(IEnumerable<int> items)
        {
            try
            {
                foreach (var item in items) yield return item;
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }
        Assert.Throws<InvalidTimeZoneException>(() =>
        {
            foreach (var item in Step(Step(Enumerable.Range(0, 1000)).RunAhead(2)).RunAhead(2))
                if (item == 3) throw new InvalidTimeZoneException();
        });
        Assert.Equal(2, ended);
    }
}
