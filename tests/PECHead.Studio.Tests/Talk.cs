using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PECHead.Studio.Tests;

/// <summary>A page without a browser: a socket that asks and listens.</summary>
internal sealed class Talk : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[4 << 20];
    private long _id;

    /// <summary>Opens the socket of a studio.</summary>
    public static async Task<Talk> Open(StudioServer server, string? origin = null, string? token = StudioFixture.Token, string? host = null)
    {
        var talk = new Talk();
        talk._socket.Options.SetRequestHeader("Origin", origin ?? $"http://{server.Address.Authority}");
        if (host is not null) talk._socket.Options.SetRequestHeader("Host", host);
        await talk._socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/socket{(token is null ? "" : $"?token={token}")}"), CancellationToken.None);
        return talk;
    }

    /// <summary>Asks for a pose.</summary>
    /// <returns>The number of the request.</returns>
    public async Task<long> Pose(string[] models, Dictionary<string, double>? values = null, string photograph = "franck", bool inside = false)
    {
        await Send(JsonSerializer.Serialize(new { kind = "pose", id = ++_id, view = new { photograph, models, values = values ?? [], inside, offsets = inside } }));
        return _id;
    }

    /// <summary>Sends a text.</summary>
    public Task Send(string text) => _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Sends a driving frame.</summary>
    public Task Drive(double time, byte[] picture)
        => _socket.SendAsync((byte[])[.. BitConverter.GetBytes(time), .. picture], WebSocketMessageType.Binary, true, CancellationToken.None);

    /// <summary>The next answer of a kind; others are passed over.</summary>
    public async Task<JsonNode> Next(params string[] kinds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(_buffer.AsMemory(length), patience.Token);
                if (part.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException($"closed: {_socket.CloseStatus}");
                length += part.Count;
            }
            while (!part.EndOfMessage);
            var answer = JsonNode.Parse(_buffer.AsSpan(0, length))!;
            if (kinds.Contains((string)answer["kind"]!)) return answer;
        }
    }

    /// <summary>The picture of a pose, when it has come.</summary>
    public async Task<JsonNode> Frame(long id)
    {
        while (true)
        {
            var answer = await Next("frame", "error");
            if ((string)answer["kind"]! == "error") throw new InvalidOperationException((string)answer["message"]!);
            if ((long)answer["id"]! == id) return answer;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open) await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _socket.Dispose();
    }
}
