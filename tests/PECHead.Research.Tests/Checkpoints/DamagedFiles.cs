using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Checkpoints;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>Feeds damaged files to the readers: they may succeed or throw <see cref="CheckpointFormatException"/>, nothing else.</summary>
internal static class DamagedFiles
{
    /// <summary>How many damaged inputs a reader gets; tests/fuzz.sh asks for many more than a run of all tests.</summary>
    public static readonly int Cases =
        int.TryParse(Environment.GetEnvironmentVariable("PECHEAD_FUZZ_CASES"), CultureInfo.InvariantCulture, out var cases) ? cases : UsualCases;

    private const int UsualCases = 500;
    private const int LongestPiece = 64;
    private const long MemoryLimit = 64 << 20;

    /// <summary>Reads a file as a user would, all tensors included.</summary>
    public static void ReadEverything(string path)
    {
        using var stored = StateDictReader.Read(path);
        foreach (var tensor in stored.Values)
            tensor.ToBytes();
    }

    /// <summary>Damages a file in up to four ways at once, many times.</summary>
    public static void Mutate(byte[] whole)
    {
        var damage = Gen.Choose(0, 4).Zip(Gen.Choose(0, whole.Length - 1)).Zip(Gen.Choose(0, 255));
        using var file = new TemporaryFile();
        Run(damage.NonEmptyListOf().Resize(4), changes =>
        {
            file.Fill(changes.Aggregate(whole.ToArray(), (bytes, change) => Damage(bytes, change.Item1.Item1, change.Item1.Item2, change.Item2)));
            return IsReadOrRefused(() => ReadEverything(file.Path));
        }, Cases);
    }

    /// <summary>Whether an attempt ends well and took no more memory than a small file justifies.</summary>
    public static bool IsReadOrRefused(Action attempt)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            attempt();
        }
        catch (CheckpointFormatException)
        {
        }

        return GC.GetAllocatedBytesForCurrentThread() - before < MemoryLimit;
    }

    /// <summary>Runs a property on many generated values, the same ones every time.</summary>
    public static void Run<T>(Gen<T> values, Func<T, bool> property, int cases = UsualCases) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(20230618, 1),
        Prop.ForAll(values.ToArbitrary(), property));

    private static byte[] Damage(byte[] bytes, int kind, int at, int value)
    {
        at = Math.Min(at, bytes.Length);
        int end = Math.Min(bytes.Length, at + 1 + (value % LongestPiece));
        switch (kind)
        {
            case 0 when at < bytes.Length:
                bytes[at] = (byte)value;
                return bytes;
            case 1:   // the extremes of lengths, offsets and counts
                bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill((byte)(value < 128 ? 0xff : 0));
                return bytes;
            case 2:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(end)];
            case 3:
                return [.. bytes.AsSpan(0, end), .. bytes.AsSpan(at)];
            default:
                return bytes[..at];
        }
    }
}
