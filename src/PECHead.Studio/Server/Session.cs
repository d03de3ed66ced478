using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using PECHead.Research.Data;
using PECHead.Studio.Models;
using PECHead.Studio.Views;
using static TorchSharp.torch;

namespace PECHead.Studio.Server;

/// <summary>A page and its socket. The newest request wins: what still waits is dropped.</summary>
/// <param name="socket">Of the page.</param>
/// <param name="studio">The models and photographs.</param>
internal sealed class Session(WebSocket socket, Workshop studio) : IDisposable
{
    private const int MostText = 64 << 10;
    private const int MostFrame = 2 << 20;
    private const int MostAnswers = 64;

    // Nobody waits for the numbers while a slider moves.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(350);

    private readonly Channel<byte[]> _answers = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostAnswers) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock _guard = new();
    private readonly Dictionary<string, FrameOffsets> _offsets = [];
    private DrivenRun? _run;
    private long _newest;

    /// <summary>Answers until the page leaves.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = Send(ended.Token);
        try
        {
            await Receive(ended.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
        {
            // The page is gone, or the studio ends.
        }
        finally
        {
            Interlocked.Increment(ref _newest);
            await ended.CancelAsync();
            await sending;
        }
    }

    /// <summary>Frees what the page had.</summary>
    public void Dispose() => _run?.Dispose();

    private async Task Send(CancellationToken cancellation)
    {
        try
        {
            await foreach (var answer in _answers.Reader.ReadAllAsync(cancellation))
                await socket.SendAsync(answer, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
        {
            // As above.
        }
    }

    private async Task Receive(CancellationToken cancellation)
    {
        var buffer = new byte[MostFrame];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                length += part.Count;
                if (length == buffer.Length || (part.MessageType == WebSocketMessageType.Text && length > MostText))
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, "A message is too large.", cancellation);
                    return;
                }
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
                return;
            }
            var id = 0L;
            var text = part.MessageType == WebSocketMessageType.Text;
            if (Failure.Of(() => Take(buffer.AsMemory(0, length), text, ref id)) is { } message) Tell(new Answer("error") { Id = id, Message = message });
        }
    }

    private void Take(ReadOnlyMemory<byte> message, bool text, ref long id)
    {
        if (!text)
        {
            Drive(message);
            return;
        }
        id = Wire.IdIn(message.Span);
        var request = Wire.Read<Request>(message.Span);
        switch (request.Kind)
        {
            case "pose": Pose(request); break;
            case "offsets": Offsets(request); break;
            case "perform": Perform(request); break;
            case "rest": Rest(); break;
            case "record" when request.On: _run?.Begin(); break;
            case "record": _run?.Finish(); break;
            default: throw new ArgumentException($"A message of no known kind: '{request.Kind}'.");
        }
    }

    // The time of the frame in seconds, then the picture.
    private void Drive(ReadOnlyMemory<byte> message)
    {
        if (message.Length <= sizeof(double)) throw new ArgumentException("A driving frame has its time in 8 bytes, and its picture after them.");
        var time = BitConverter.ToDouble(message.Span);
        if (!double.IsFinite(time)) throw new ArgumentException("The time of a driving frame is a number of seconds.");
        _run?.Drive(message[sizeof(double)..].ToArray(), time);
    }

    private void Pose(Request request)
    {
        var (view, photograph) = (request.View, studio.Photographs[request.View.Photograph]);
        view.Check();
        ModelWorker[] workers = [.. view.Models.Distinct().Select(studio.Worker)];
        Interlocked.Exchange(ref _newest, request.Id);
        var comparison = new Comparison(workers.Length, pictures => Compare(request.Id, photograph, workers, pictures));
        foreach (var worker in workers)
        {
            var name = worker.Model.Name;
            worker.Submit((this, "pose"), stage =>
            {
                RgbImage? picture = null;
                if (Failure.Of(() => picture = Show(stage, request, photograph)) is { } message)
                    Tell(new Answer("error") { Id = request.Id, Model = name, Message = message });
                comparison.Add(name, picture);
            });
        }
    }

    private RgbImage Show(ModelStage stage, Request request, Photograph photograph)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        stage.Portrait(photograph);
        var clock = Stopwatch.StartNew();
        var (motion, generated) = stage.Pose(photograph, request.View);
        var square = FrameImage.FromTensor(generated.Image[0]);
        var shown = request.View.Whole ? stage.InPhotograph(photograph, square) : square;
        // Before the picture: the page asks for them when it has come.
        if (request.View.Offsets)
        {
            var offsets = new FrameOffsets(generated);
            lock (_guard) _offsets[stage.Model.Name] = offsets;
        }
        Tell(new Answer("frame")
        {
            Id = request.Id,
            Model = stage.Model.Name,
            Picture = PictureEncoding.Jpeg(shown),
            Milliseconds = clock.Elapsed.TotalMilliseconds,
            Nose = Nose.Of(motion),
            Faces = stage.Source(photograph).Faces is > 1 and var faces ? faces : null,
            Inside = request.View.Inside ? InsideView.Of(motion, generated) : null,
        });
        return square;
    }

    private void Compare(long id, Photograph photograph, ModelWorker[] workers, IReadOnlyDictionary<string, RgbImage> pictures) => _ = Task.Delay(Quiet).ContinueWith(_ =>
    {
        if (Interlocked.Read(ref _newest) != id) return;
        ModelWorker[] made = [.. workers.Where(worker => pictures.ContainsKey(worker.Model.Name))];
        made[0].Submit((this, "numbers"), stage =>
        {
            // A model of another size is measured alone, and differs from the first by what cannot be compared.
            string[] names = [.. made.Select(worker => worker.Model.Name).Where(name => pictures[name].Width == pictures[made[0].Model.Name].Width)];
            var message = Failure.Of(() =>
            {
                var identity = stage.Identity(photograph, [.. names.Select(name => pictures[name])]);
                Tell(new Answer("numbers") { Id = id, Numbers = [.. names.Select((name, i) => new ModelNumbers(name, Comparison.Difference(pictures[names[0]], pictures[name]), identity[i]))] });
            });
            if (message is not null) Tell(new Answer("error") { Id = id, Message = message });
        });
    }, TaskScheduler.Default);

    private void Offsets(Request request)
    {
        FrameOffsets? offsets;
        lock (_guard) _offsets.TryGetValue(request.Model, out offsets);
        if (offsets is not null) Tell(new Answer("offsets") { Id = request.Id, Model = request.Model, Offsets = offsets.At(request.X, request.Y) });
    }

    private void Perform(Request request)
    {
        // What is refused leaves the performance as it was.
        var (worker, photograph) = (studio.Worker(request.View.FirstModel), studio.Photographs[request.View.Photograph]);
        request.View.Check();
        request.Performance.Validate();
        Rest();
        _run = new DrivenRun(worker, photograph, request.View, request.Performance, Tell, studio.Folder);
    }

    // What was recorded so far is the user's.
    private void Rest()
    {
        _run?.Finish("The recording ended: the performance was changed.");
        _run?.Dispose();
        _run = null;
    }

    private void Tell(Answer answer) => _answers.Writer.TryWrite(JsonSerializer.SerializeToUtf8Bytes(answer, Wire.Json));
}
