using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Checkpoints;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>Feeds damaged files to the readers: they may succeed or throw <see cref="CheckpointFormatException"/>, nothing else.</summary>
internal static class DamagedFiles
{
    private const long MemoryLimit = 64 << 20;

    /// <summary>Reads a file as a user would, all tensors included.</summary>
    public static void ReadEverything(string path)
    {
        using var stored = StateDictReader.Read(path);
        foreach (var tensor in stored.Values)
            tensor.ToBytes();
    }

    /// <summary>Changes up to four random bytes of a file, many times.</summary>
    public static void Flip(byte[] whole)
    {
        var change = Gen.Choose(0, whole.Length - 1).Zip(Gen.Choose(0, 255));
        using var file = new TemporaryFile();
        Run(change.NonEmptyListOf().Resize(4), changes =>
        {
            var damaged = whole.ToArray();
            foreach (var (index, value) in changes)
                damaged[index] = (byte)value;
            file.Fill(damaged);
            return IsReadOrRefused(() => ReadEverything(file.Path));
        });
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
    public static void Run<T>(Gen<T> values, Func<T, bool> property, int cases = 500) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(20230618, 1),
        Prop.ForAll(values.ToArbitrary(), property));
}
