using System.Text;
using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Execution;

/// <summary>
/// Everything a cell puts out, in order. Console text is gathered for a moment, so that twenty thousand lines are some messages
/// and a single line is still seen at once.
/// </summary>
/// <remarks>
/// The bodies stand in finally blocks because an interrupt may abort the calling thread at any instruction but does not reach
/// into those: half a message never leaves.
/// </remarks>
internal sealed class OutputStreams(CellOutput output)
{
    private const int LargestChunk = 8192;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(30);

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private string _name = "stdout";
    private Timer? _timer;

    public void Write(string name, ReadOnlySpan<char> text)
    {
        try
        {
        }
        finally
        {
            lock (_gate)
            {
                if (name != _name) FlushText();
                _name = name;
                while (text.Length > 0)
                {
                    if (_text.Length == 0) (_timer ??= new Timer(_ => Flush())).Change(Gathering, Timeout.InfiniteTimeSpan);
                    var room = Math.Min(LargestChunk - _text.Length, text.Length);
                    _text.Append(text[..room]);
                    text = text[room..];
                    if (_text.Length == LargestChunk) FlushText();
                }
            }
        }
    }

    /// <summary>Sends what is gathered, then whatever <paramref name="send"/> sends.</summary>
    public void Send(Action<CellOutput> send)
    {
        try
        {
        }
        finally
        {
            lock (_gate)
            {
                FlushText();
                send(output);
            }
        }
    }

    public void Flush() => Send(_ => { });

    public string ReadInput(string prompt, bool password, CancellationToken cancellation)
    {
        Flush();
        return output.ReadInput(prompt, password, cancellation);
    }

    private void FlushText()
    {
        if (_text.Length == 0) return;
        // Half of a character outside the basic plane is no text: its other half comes with the next write.
        var held = _text.Length > 1 && char.IsHighSurrogate(_text[^1]) ? 1 : 0;
        var text = _text.ToString(0, _text.Length - held);
        _text.Remove(0, text.Length);
        output.Stream(_name, text);
    }
}
