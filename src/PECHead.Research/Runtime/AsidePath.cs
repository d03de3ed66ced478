using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PECHead.Research.Runtime;

/// <summary>
/// The hidden name beside a file, or a folder, under which it is written until it is whole. The name tells which process of which
/// machine writes, so that what a killed one left behind is found and removed, by its own machine: a folder may be shared by many.
/// </summary>
internal static partial class AsidePath
{
    private static readonly ConcurrentDictionary<string, bool> Cleaned = new();

    /// <summary>Eight digits for this machine.</summary>
    internal static string Machine { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName)).AsSpan(0, 4));

    /// <summary>A new name in the folder of the target. The first in a folder removes what ended processes left there.</summary>
    /// <param name="target">Full path of the file or folder that will be replaced; its folder must exist.</param>
    public static string For(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        if (Cleaned.TryAdd(folder, true)) RemoveLeftovers(folder);
        // The extension stays last: programs choose a format by it.
        return Path.Combine(folder, $".{Path.GetFileNameWithoutExtension(target)}.{Environment.ProcessId}-{Machine}{Guid.NewGuid():N}.partial{Path.GetExtension(target)}");
    }

    private static void RemoveLeftovers(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos(".*", SearchOption.TopDirectoryOnly))
        {
            if (Written().Match(entry.Name) is not { Success: true } match || match.Groups[2].Value != Machine
                || IsRunning(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), entry.LastWriteTimeUtc)) continue;
            try
            {
                if (entry is DirectoryInfo inner) inner.Delete(recursive: true);
                else entry.Delete();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It belongs to somebody else, and harms nobody: it is never read.
            }
        }
    }

    // A process that started after the last write only has the number of the one that wrote.
    private static bool IsRunning(int process, DateTime lastWrite)
    {
        try
        {
            using var writer = Process.GetProcessById(process);
            return writer.StartTime.ToUniversalTime() <= lastWrite.AddSeconds(1);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            return true;
        }
    }

    [GeneratedRegex(@"^\..*\.(\d{1,9})-([0-9a-f]{8})[0-9a-f]{32}\.partial(\.[^.]*)?$")]
    private static partial Regex Written();
}
