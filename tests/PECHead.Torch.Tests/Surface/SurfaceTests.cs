using System.Runtime.CompilerServices;
using TorchSharp;

namespace PECHead.Torch.Tests.Surface;

/// <summary>Whatever is public here is TorchSharp's, to the letter: code written against one compiles against the other.</summary>
/// <remarks>
/// The file beside this one holds the lines of TorchSharp's API that this assembly implements. After adding a member, refresh it from a
/// full reflection dump of TorchSharp: <c>PECHEAD_TORCHSHARP_API=full-list.txt dotnet test --filter Surface</c>.
/// </remarks>
public sealed class SurfaceTests
{
    private const string FullListVariable = "PECHEAD_TORCHSHARP_API";

    /// <summary>Lines of ours that the list has not, each with the reason why that is right.</summary>
    private static readonly Dictionary<string, string> Differences = new(StringComparer.Ordinal)
    {
        ["Modules.ParameterLessModule<T1, TResult> :: abstract class : Module<T1, TResult>"] =
            "public in TorchSharp, but the list only names it as a base; its marker interface has no members",
        ["Utils.ComponentNameAttribute :: sealed class : Attribute"] = "public in TorchSharp, but the list leaves it out (there it is not sealed)",
        ["Utils.ComponentNameAttribute.ctor :: ()"] = "public in TorchSharp, but the list leaves it out",
        ["Utils.ComponentNameAttribute.Name :: string { get; set; }"] = "public in TorchSharp, but the list leaves it out",
        ["Modules.Adam :: class : OptimizerHelper"] =
            "IBetas lets a schedule change the betas; here they are fixed when the optimiser is made",
    };

    [Fact]
    public void Every_public_member_is_a_member_of_TorchSharp()
    {
        var full = Environment.GetEnvironmentVariable(FullListVariable);
        var listed = File.ReadLines(full ?? ListPath()).ToHashSet(StringComparer.Ordinal);
        var ours = Surface().ToArray();

        var foreign = ours.Where(line => Published(line, listed) is null).Select(line => line.Annotated).ToArray();

        Assert.True(foreign.Length == 0, $"{foreign.Length} lines are not TorchSharp's:\n{string.Join('\n', foreign)}");
        if (full is not null)
            File.WriteAllLines(ListPath(), ours.Select(line => Published(line, listed)!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_list_beside_this_test_has_no_line_that_is_not_implemented()
    {
        var listed = File.ReadLines(ListPath()).ToHashSet(StringComparer.Ordinal);
        listed.ExceptWith(Surface().Select(line => Published(line, listed)).OfType<string>());

        Assert.True(listed.Count == 0, $"Listed but not public here:\n{string.Join('\n', listed)}\nRefresh the list with {FullListVariable}.");
    }

    [Fact]
    public void Every_difference_that_is_allowed_still_exists()
    {
        var ours = new SurfaceDump(annotated: true).Lines(typeof(torch).Assembly.GetExportedTypes()).ToHashSet(StringComparer.Ordinal);
        Assert.All(Differences.Keys, line => Assert.Contains(line, ours));
    }

    /// <summary>
    /// Each public line with and without marks of nullable references. Namespaces of our own are not compared, and neither are overrides:
    /// whether a class overrides an inherited member does not change what callers can write.
    /// </summary>
    private static IEnumerable<(string Annotated, string Plain)> Surface()
    {
        var types = typeof(torch).Assembly.GetExportedTypes()
            .Where(type => type.Namespace is { } space && space != "PECHead.Torch" && !space.StartsWith("PECHead.Torch.", StringComparison.Ordinal))
            .ToArray();
        return new SurfaceDump(annotated: true).Lines(types)
            .Zip(new SurfaceDump(annotated: false).Lines(types))
            .Where(line => !IsOverride(line.First) && !Differences.ContainsKey(line.First));
    }

    private static bool IsOverride(string line) =>
        line.Contains(" :: override ", StringComparison.Ordinal) || line.Contains(" :: protected override ", StringComparison.Ordinal);

    /// <summary>
    /// The line of the list that one of ours is: as annotated, as TorchSharp's unannotated files have it, or with a field of TorchSharp's
    /// that cannot be reassigned here. What compiles against ours compiles against the listed line.
    /// </summary>
    private static string? Published((string Annotated, string Plain) line, HashSet<string> listed)
    {
        string[] forms = [line.Annotated, line.Plain];
        return forms
            .Concat(forms.Select(form => form.Replace(" { get; }", string.Empty, StringComparison.Ordinal)))
            .Concat(forms.Select(form => form.Replace("readonly ", string.Empty, StringComparison.Ordinal)))
            .FirstOrDefault(listed.Contains);
    }

    private static string ListPath([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "torchsharp-0.107.txt");
}
