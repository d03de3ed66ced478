using System.Diagnostics;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

/// <summary>Results replace files, and nothing else.</summary>
public sealed class OutputPlacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_is_followed_and_stays()
    {
        _folder.Write("deep/target.png", "old");
        File.CreateSymbolicLink(_folder["one"], "deep/target.png");
        File.CreateSymbolicLink(_folder["two.png"], _folder["one"]);
        ImageFile.WritePng(_folder["two.png"], new RgbImage(3, 2));
        Assert.Equal(_folder["one"], new FileInfo(_folder["two.png"]).LinkTarget);
        Assert.Equal("deep/target.png", new FileInfo(_folder["one"]).LinkTarget);
        Assert.Equal(3, ImageFile.Read(_folder["deep/target.png"]).Width);
        File.CreateSymbolicLink(_folder["dangling.png"], _folder["new.png"]);
        ImageFile.WritePng(_folder["dangling.png"], new RgbImage(4, 2));
        Assert.Equal(4, ImageFile.Read(_folder["new.png"]).Width);
        Assert.Equal(["dangling.png", "deep", "new.png", "one", "two.png"], Entries());
    }

    [Theory]
    [InlineData("pipe.mp4", "a device, a pipe or a socket")]
    [InlineData("to-pipe.mp4", "a device, a pipe or a socket")]
    [InlineData("folder.mp4", "a folder is there")]
    public void A_pipe_a_folder_and_links_to_them_are_refused_before_work_begins_and_stay(string name, string words)
    {
        using (var making = Process.Start("mkfifo", [_folder["pipe.mp4"]])) making.WaitForExit();
        File.CreateSymbolicLink(_folder["to-pipe.mp4"], _folder["pipe.mp4"]);
        Directory.CreateDirectory(_folder["folder.mp4"]);
        var before = Entries();
        Assert.Contains(words, Assert.Throws<DataException>(() => new VideoWriter(_folder[name], 16, 16, 25)).Message, StringComparison.Ordinal);
        Assert.Contains(words, Assert.Throws<IOException>(() => SafetensorsFile.Save(_folder[name], [])).Message, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
        Assert.Equal(PathKind.Special, FileIdentity.Of(_folder["pipe.mp4"]).Kind);
    }

    [Theory]
    [InlineData("https://example.org/a.mp4", "this is an address")]
    [InlineData("file.jpg/a.mp4", "is no folder")]
    [InlineData("around/a.mp4", "is no folder")]
    [InlineData("around.mp4", "this cannot be written")]
    [InlineData("file.jpg/", "a file is where the folder should go")]
    [InlineData("mixed/", "this folder holds other files, as notes.txt")]
    [InlineData("numbered/", "this folder holds other files, as 000002.png")]
    public void A_place_where_nothing_can_be_written_is_found_before_work_begins(string name, string words)
    {
        _folder.Write("file.jpg", "x");
        _folder.Write("mixed/notes.txt", "x");
        _folder.Write("numbered/000001.png", "x");
        _folder.Write("numbered/000002.png/inner.txt", "x");
        File.CreateSymbolicLink(_folder["around"], "around");
        File.CreateSymbolicLink(_folder["around.mp4"], "around.mp4");
        var before = Entries();

        var error = Assert.Throws<DataException>(() => OutputFile.Require(name.Contains("://", StringComparison.Ordinal) ? name : _folder[name]));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
    }

    [Fact]
    public void A_folder_of_pictures_is_not_replaced_by_what_is_made_of_a_picture_in_it()
    {
        using (var writer = new VideoWriter(_folder["shot/"], 2, 2, 25))
        {
            writer.Write(new RgbImage(2, 2));
            writer.Complete();
        }
        Directory.CreateSymbolicLink(_folder["link"], _folder["shot"]);
        OutputFile.Require(_folder["shot/"], _folder["other.png"]);
        foreach (var input in new[] { "shot/000001.png", "link/000001.png" })
        {
            foreach (var output in new[] { "shot/", "link/" })
                Assert.Contains("holds what it is made of", Assert.Throws<DataException>(() => OutputFile.Require(_folder[output], _folder[input])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_is_known_by_its_place_on_the_disk()
    {
        _folder.Write("a", "x");
        File.CreateSymbolicLink(_folder["link"], _folder["a"]);
        using (var linking = Process.Start("ln", [_folder["a"], _folder["hard"]])) linking.WaitForExit();
        _folder.Write("b", "x");
        var a = FileIdentity.Of(_folder["a"]);
        Assert.True(a.IsSameFile(FileIdentity.Of(_folder["link"])));
        Assert.True(a.IsSameFile(FileIdentity.Of(_folder["hard"])));
        Assert.True(a.IsSameFile(FileIdentity.Of(_folder["./nothing/../a"].Replace("/nothing/..", "", StringComparison.Ordinal))));
        Assert.False(a.IsSameFile(FileIdentity.Of(_folder["b"])));
        Assert.False(FileIdentity.Of(_folder["none"]).IsSameFile(FileIdentity.Of(_folder["none"])));
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_and_what_a_running_one_writes_is_not()
    {
        using var ended = Process.Start("true");
        ended.WaitForExit();
        var mark = AsidePath.Machine + Guid.NewGuid().ToString("N");
        string[] gone = [$".v.{ended.Id}-{mark}.partial.mp4", $".w.{ended.Id}-{mark}.partial"];
        // What a process of another machine writes nobody here can know.
        string[] kept = [$".v.{Environment.ProcessId}-{mark}.partial.mp4", $".x.{ended.Id}-{new string('0', 40)}.partial.mp4", ".v.notes.partial.mp4", ".hidden"];
        foreach (var name in gone.Concat(kept)) _folder.Write("out/" + name, "");
        ImageFile.WritePng(_folder["out/a.png"], new RgbImage(2, 2));
        Assert.Equal(kept.Append("a.png").Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_place_that_cannot_be_written_says_so_and_not_more()
    {
        _folder.Write("file", "");
        var message = Assert.Throws<DataException>(() => new VideoWriter(_folder["file/a.mp4"], 16, 16, 25)).Message;
        Assert.Contains("cannot be written", message, StringComparison.Ordinal);
        Assert.DoesNotContain("libx264", message, StringComparison.Ordinal);
        Assert.DoesNotContain("partial", message, StringComparison.Ordinal);
    }

    private string[] Entries() => [.. Directory.GetFileSystemEntries(_folder.Root).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];
}
