using System.Runtime.Versioning;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

/// <summary>Run with a stand-in for npm: no test touches the network.</summary>
[Collection(MediaTests.Name)] // not beside tests that start programs: a child between fork and exec keeps the script busy
[UnsupportedOSPlatform("windows")]
public sealed class NpmAssetsTests : IDisposable
{
    private const string Lock = """{"lockfileVersion":3,"packages":{"":{"name":"x"},"node_modules/media":{"version":"1.0.0","integrity":"sha512-AAAA"}}}""";

    private const string Installs = """
        echo "$@" > arguments
        mkdir -p node_modules/media && echo film > node_modules/media/film.mp4
        echo '{"packages":{"node_modules/media":{"integrity":"sha512-AAAA"}}}' > node_modules/.package-lock.json
        """;

    private readonly TemporaryFolder _folder = new();

    public NpmAssetsTests()
    {
        _folder.Write("package/package.json", "{}");
        _folder.Write("package/package-lock.json", Lock);
        _folder.Write("package/.npmrc", "ignore-scripts=true\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Packages_are_fetched_once_without_running_scripts()
    {
        var assets = Assets(Installs);
        Assert.False(assets.IsCurrent);
        Assert.Equal(_folder["install/node_modules"], assets.Fetch());
        Assert.Equal("film\n", File.ReadAllText(_folder["install/node_modules/media/film.mp4"]));
        var arguments = File.ReadAllText(_folder["install/arguments"]);
        Assert.StartsWith("ci --ignore-scripts ", arguments);
        Assert.True(File.Exists(_folder["install/.npmrc"]));

        Assert.True(assets.IsCurrent);
        Assert.Equal(_folder["install/node_modules"], Assets("exit 9").Fetch());
        Assert.Equal(["install", "npm", "package"], Names());
    }

    [Fact]
    public void A_changed_lock_file_fetches_anew()
    {
        Assets(Installs).Fetch();
        _folder.Write("package/package-lock.json", Lock.Replace("AAAA", "BBBB"));
        _folder.Write("install/stale", "");
        Assert.True(Assets(Installs.Replace("AAAA", "BBBB")).Fetch().Length > 0);
        Assert.False(File.Exists(_folder["install/stale"]));
        Assert.Equal(["install", "npm", "package"], Names());
    }

    [Theory]
    [InlineData("EINTEGRITY", "digest is not the pinned one")]
    [InlineData("ENOTFOUND", "cannot reach its registry")]
    [InlineData("E404", "does not have the pinned package")]
    [InlineData("ENOSPC", "the disk is full")]
    [InlineData("EWHATEVER", "EWHATEVER")]
    public void A_failure_is_explained_and_leaves_the_old_in_place(string code, string problem)
    {
        Assets(Installs).Fetch();
        _folder.Write("package/package-lock.json", Lock.Replace("AAAA", "BBBB"));
        var failure = Assert.Throws<DataException>(() => Assets($"mkdir node_modules\necho 'npm error code {code}' >&2\nexit 1").Fetch());
        Assert.Contains(problem, failure.Message);
        Assert.NotNull(failure.Remedy);
        Assert.True(File.Exists(_folder["install/node_modules/media/film.mp4"]));
        Assert.Equal(["install", "npm", "package"], Names());
    }

    [Fact]
    public void A_missing_npm_or_lock_file_is_said()
    {
        Assert.Contains("apt-get install npm", Assert.Throws<DataException>(() => new NpmAssets(_folder["package"], _folder["install"], "no-such-npm").Fetch()).Message);
        Assert.Contains("no such lock file", Assert.Throws<DataException>(() => new NpmAssets(_folder["none"], _folder["install"]).Fetch()).Message);
    }

    [Fact]
    public void The_projects_lock_file_pins_digests_and_holds_no_addresses()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "data-manifests", "npm", "package-lock.json"));
        Assert.Contains("\"integrity\": \"sha512-", text);
        Assert.DoesNotContain("resolved", text);
        Assert.DoesNotContain("://", text);
    }

    private NpmAssets Assets(string script)
    {
        _folder.Write("npm", "#!/bin/sh\n" + script.ReplaceLineEndings("\n") + "\n");
        File.SetUnixFileMode(_folder["npm"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new NpmAssets(_folder["package"], _folder["install"], _folder["npm"]);
    }

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_folder.Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
