using System.Text.Json;

namespace PECHead.Experiments.Profiling;

/// <summary>A row of the account: one module, or several under a common name.</summary>
/// <param name="Name">The common beginning of the modules' paths.</param>
/// <param name="Products">Multiplications with weights in a frame.</param>
/// <param name="Bytes">Bytes that modules without parts read and write at least.</param>
/// <param name="Seconds">Time in a frame.</param>
/// <param name="Floor">Seconds that products or bytes take at least, whichever are more, at the machine's rates.</param>
internal sealed record ModuleAccount(string Name, double Products, double Bytes, double Seconds, double Floor)
{
    /// <summary>The account of a frame: the lower quartile of each module's time over the frames.</summary>
    /// <param name="frames">The calls of each frame.</param>
    /// <param name="rates">The machine's.</param>
    /// <param name="depth">How many parts of a path make a row.</param>
    /// <returns>In the order in which the rows begin.</returns>
    public static IReadOnlyList<ModuleAccount> Of(IReadOnlyList<IReadOnlyList<ModuleCall>> frames, MachineRates rates, int depth)
    {
        var modules = frames[^1].OrderBy(call => call.Start).GroupBy(call => call.Name).Select(calls =>
        {
            double[] seconds = [.. frames.Select(frame => frame.Where(call => call.Name == calls.Key).Sum(call => call.Self)).Order()];
            var (products, bytes) = (calls.Sum(call => call.Products), calls.Sum(call => call.Bytes));
            return new ModuleAccount(calls.Key, products, bytes, seconds[seconds.Length / 4], Math.Max(products / rates.Products, bytes / rates.Bytes));
        });
        return [.. modules.GroupBy(module => string.Join('.', module.Name.Split('.').Take(depth))).Select(group => Sum(group.Key, group))];
    }

    /// <summary>Adds rows up.</summary>
    public static ModuleAccount Sum(string name, IEnumerable<ModuleAccount> rows) => rows.Aggregate(
        new ModuleAccount(name, 0, 0, 0, 0),
        (sum, row) => new ModuleAccount(name, sum.Products + row.Products, sum.Bytes + row.Bytes, sum.Seconds + row.Seconds, sum.Floor + row.Floor));

    /// <summary>Calls as a trace that chrome://tracing and Perfetto show.</summary>
    public static string Trace(IEnumerable<ModuleCall> calls) => JsonSerializer.Serialize(new
    {
        traceEvents = calls.Select(call => new { name = call.Name, ph = "X", ts = call.Start * 1e6, dur = call.Duration * 1e6, pid = 1, tid = 1 }),
    });
}
