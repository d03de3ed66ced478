using System.Buffers.Binary;
using Tensorboard;

namespace PECHead.Research.Tests.Training;

/// <summary>Reads TensorBoard's event files: length, its checksum, a message, its checksum, and so on.</summary>
internal static class EventFile
{
    private const int Checksum = sizeof(uint);

    public static List<Event> Read(string path)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        var events = new List<Event>();
        while (rest.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(rest);
            events.Add(Event.Parser.ParseFrom(rest.Slice(sizeof(long) + Checksum, length).ToArray()));
            rest = rest[(sizeof(long) + Checksum + length + Checksum)..];
        }
        return events;
    }
}
