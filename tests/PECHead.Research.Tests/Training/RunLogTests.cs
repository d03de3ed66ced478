using System.Runtime.InteropServices;
using PECHead.Research.Ablation;
using PECHead.Research.Data;
using PECHead.Research.Tests.Data;
using PECHead.Research.Training;

namespace PECHead.Research.Tests.Training;

public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_is_read_as_a_table_of_steps_each_as_it_was_done_last()
    {
        using (var log = new RunLog(_folder["log.jsonl"]))
        {
            log.Write("start", ("step", 0));
            foreach (var (step, total) in new[] { (1, 5.0), (2, 4.0), (3, 3.0), (2, 3.5) })
                log.Write("step", ("step", step), ("total", total), ("warp", step > 2 ? (object?)null : 0.1));
            log.Write("end", ("outcome", "Finished"), ("step", 3));
        }

        var steps = RunLog.Read(_folder["log.jsonl"]);

        Assert.Equal([1.0, 2, 3], steps.Numbers("step"));
        Assert.Equal([5.0, 3.5, 3], steps.Numbers("total"));
        Assert.Equal([0.1, 0.1, null], steps.Numbers("warp"));
        // The second stage goes on where the first one ended.
        float[] expected = [1, 2, 3, 4, 5, 6];
        Assert.Contains(Convert.ToBase64String(MemoryMarshal.AsBytes(expected.AsSpan())), AblationCurves.Draw([("full", [_folder["log.jsonl"], _folder["log.jsonl"]])]).ToHtml(), StringComparison.Ordinal);
    }
}
