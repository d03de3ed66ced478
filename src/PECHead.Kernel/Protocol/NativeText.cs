using System.Text;

namespace PECHead.Kernel.Protocol;

/// <summary>
/// Text that native code wrote to the process's own standard output or error. At the end of each cell the host writes a mark there, a zero
/// byte and the cell's id on a line: what comes before it belongs to the cell.
/// </summary>
internal sealed class NativeText(Action<string> text, Action<string> marked)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly List<byte> _mark = [];
    private bool _inMark;

    /// <summary>The mark that ends a cell.</summary>
    public static byte[] Mark(string id) => Encoding.UTF8.GetBytes($"\0{id}\n");

    /// <summary>Takes bytes as they come.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf(_inMark ? (byte)'\n' : (byte)0);
            var part = end < 0 ? bytes : bytes[..end];
            if (_inMark) _mark.AddRange(part);
            else if (part.Length > 0) text(Decode(part));
            if (end < 0) return;
            if (_inMark)
            {
                marked(Encoding.UTF8.GetString([.. _mark]));
                _mark.Clear();
            }
            _inMark = !_inMark;
            bytes = bytes[(end + 1)..];
        }
    }

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        var letters = new char[_decoder.GetCharCount(bytes, flush: false)];
        _decoder.GetChars(bytes, letters, flush: false);
        return new string(letters);
    }
}
