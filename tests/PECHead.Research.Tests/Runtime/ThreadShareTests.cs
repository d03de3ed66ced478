using PECHead.Research.Tests.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Runtime;

[Collection(AloneCollection.Name)]
public sealed class ThreadShareTests
{
    [Fact]
    public void A_share_ends_where_it_began_and_knows_the_whole()
    {
        var whole = get_num_threads();
        using (ThreadShare.Take(1))
        {
            Assert.Equal((1, whole), (get_num_threads(), ThreadShare.Whole));
            using (ThreadShare.Take(3)) Assert.Equal((3, whole), (get_num_threads(), ThreadShare.Whole));
            Assert.Equal(1, get_num_threads());
            using (ThreadShare.Take(0)) Assert.Equal(1, get_num_threads());
        }
        Assert.Equal((whole, whole), (get_num_threads(), ThreadShare.Whole));
    }

    [Fact]
    public void A_thread_that_begins_beside_a_share_has_the_whole()
    {
        var before = get_num_threads();
        set_num_threads(3);
        try
        {
            using (ThreadShare.Take(1)) Assert.Equal(3, OfNewThread());
            Assert.Equal((3, 3), (get_num_threads(), OfNewThread()));
        }
        finally
        {
            set_num_threads(before);
        }

        static int OfNewThread()
        {
            var count = 0;
            var thread = new Thread(() => count = get_num_threads());
            thread.Start();
            thread.Join();
            return count;
        }
    }

    [Fact]
    public void A_thread_of_a_step_knows_the_whole_and_gives_its_number_back()
    {
        var whole = get_num_threads();
        var seen = Enumerable.Range(0, 3).Select(_ => (Own: get_num_threads(), ThreadShare.Whole)).RunAhead(1).ToList();
        Assert.All(seen, step => Assert.Equal((Math.Max(1, whole / 2), whole), step));
        Assert.All(Enumerable.Range(0, 3).Select(_ => ThreadShare.Whole).RunAhead(1).RunAhead(1), known => Assert.Equal(whole, known));
        Assert.Equal(whole, get_num_threads());
    }
}
