using System.Text.RegularExpressions;
using PECHead.Research.Models;
using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.Conventions;

/// <summary>What a reviewer would otherwise have to look for in every change.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string Library = Path.Combine(Repository.Root, "src", "PECHead.Research");

    [Fact]
    public void Every_type_of_the_library_is_abstract_or_sealed()
        => Assert.All(
            typeof(PecHeadModel).Assembly.GetTypes().Where(type => type.IsClass && !type.Name.Contains('<', StringComparison.Ordinal) && type.Namespace?.StartsWith("PECHead", StringComparison.Ordinal) == true),
            type => Assert.True(type.IsAbstract || type.IsSealed, type.FullName));

    [Fact]
    public void Frames_are_sampled_in_one_place_whose_convention_is_explicit()
        => Assert.Equal(["Warping.cs"], Sources(Library).Where(file => File.ReadAllText(file).Contains("grid_sample(", StringComparison.Ordinal)).Select(Path.GetFileName));

    [Theory]
    [InlineData("new Random(", "a seeded torch.Generator or StepRandom")]
    [InlineData("DateTime.Now", "TimeProvider")]
    [InlineData(".cuda()", "the device of the configuration")]
    public void A_banned_call_has_a_better_one(string banned, string instead)
        => Assert.All(Sources(Library), file => Assert.False(File.ReadAllText(file).Contains(banned, StringComparison.Ordinal), $"{file}: use {instead}"));

    [Fact]
    public void A_file_holds_one_idea()
        => Assert.All(Sources(Library), file => Assert.InRange(File.ReadAllLines(file).Length, 1, 300));

    [Fact]
    public void No_folder_is_an_attic()
        => Assert.DoesNotContain(
            Directory.GetDirectories(Library, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            name => name is "Utils" or "Helpers" or "Common" or "Misc");

    [Fact]
    public void Lock_files_hold_no_addresses()
        => Assert.All(
            Tracked().Where(file => Path.GetFileName(file) is "packages.lock.json" or "package-lock.json"),
            file => Assert.DoesNotContain("http", File.ReadAllText(file), StringComparison.Ordinal));

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on()
        => Assert.All(
            Tracked().Where(file => Path.GetExtension(file) is ".cs" or ".md" or ".sh" or ".yaml" or ".yml" or ".py" or ".cpp" or ".props"),
            file => Assert.DoesNotMatch(HomeFolder(), File.ReadAllText(file)));

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> Tracked()
        => Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Where(file => !NotSource().IsMatch(Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')));

    [GeneratedRegex(@"/(home|root|work)/\w")]
    private static partial Regex HomeFolder();

    [GeneratedRegex(@"^(artifacts|runs|data|\.git)/|/(node_modules|__pycache__)/|RepositoryTests\.cs$")]
    private static partial Regex NotSource();
}
