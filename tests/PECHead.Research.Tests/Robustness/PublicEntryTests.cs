using System.Diagnostics;
using System.Globalization;

namespace PECHead.Research.Tests.Robustness;

/// <summary>No tensor that a user can pass to the library ends the process; what it cannot take it refuses by name.</summary>
public sealed class PublicEntryTests
{
    private const int MostAborts = 20;

    [Fact]
    public void Every_public_entry_that_takes_tensors_has_a_valid_call_here()
    {
        var known = Entries.All.Select(entry => entry.Name).Concat(Entries.NotCalled.Keys).ToList();
        Assert.Equal(known.Count, known.Distinct().Count());
        string[] missing = [.. PublicSurface.Entries.Except(known)], gone = [.. known.Except(PublicSurface.Entries)];
        Assert.True(missing.Length + gone.Length == 0, $"without a call here: {string.Join(", ", missing)}; no longer there: {string.Join(", ", gone)}");
    }

    [Fact]
    public void Spoilt_tensors_give_a_result_or_an_error_that_names_the_argument()
    {
        var problems = new List<string>();
        int from = 0, made = 0;
        for (int aborts = 0; ; aborts++)
        {
            var (lines, errors) = RunFrom(from);
            problems.AddRange(lines.Where(line => line.StartsWith("bad ", StringComparison.Ordinal)).Select(line => line[4..]));
            made += lines.Count(line => line.StartsWith("try ", StringComparison.Ordinal));
            if (lines.Count > 0 && lines[^1] == Sweep.End) break;
            string last = lines.LastOrDefault(line => line.StartsWith("try ", StringComparison.Ordinal)) ?? $"try {from + 1} the start";
            problems.Add($"the process ended at {last[4..]}: {errors.Split('\n')[0]}");
            Assert.True(aborts < MostAborts, string.Join('\n', problems));
            from = int.Parse(last.Split(' ')[1], CultureInfo.InvariantCulture);
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Distinct()));
        Assert.True(made > 1000, $"{made} calls");
    }

    private static (List<string> Lines, string Errors) RunFrom(int from)
    {
        using var child = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(PublicEntryTests).Assembly.Location, Sweep.Argument, $"{from}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = child.StandardError.ReadToEndAsync();
        var lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        child.WaitForExit();
        return (lines, errors.Result);
    }
}
