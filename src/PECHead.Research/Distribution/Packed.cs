namespace PECHead.Research.Distribution;

/// <summary>Numbers and texts as bytes, on their way from one rank to another.</summary>
internal static class Packed
{
    /// <summary>The bytes of what is written.</summary>
    public static byte[] Write(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream)) write(writer);
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static void Read(byte[] bytes, Action<BinaryReader> read)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        read(reader);
    }
}
