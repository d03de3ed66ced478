using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PECHead.Kernel.Protocol;

/// <summary>Messages as lines of JSON, each whole, from any thread.</summary>
internal sealed class ProtocolWriter(Stream stream)
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();

    /// <summary>Sends a message; does nothing if nobody reads any more.</summary>
    /// <remarks>In a finally block: a cell that is being stopped may be the one that writes, and half a line would garble all that follow.</remarks>
    public void Send(JsonObject message)
    {
        try
        {
        }
        finally
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(message, Compact);
            lock (_gate)
            {
                try
                {
                    stream.Write(line);
                    stream.WriteByte((byte)'\n');
                    stream.Flush();
                }
                catch (Exception failure) when (failure is IOException or ObjectDisposedException)
                {
                    // The other end is gone; whoever reads from it notices.
                }
            }
        }
    }
}
