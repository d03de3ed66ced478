using System.Diagnostics;
using PECHead.Research.Data;
using PECHead.Studio.Server;
using PECHead.Studio.Views;

namespace PECHead.Studio.Models;

/// <summary>A performance with its recording: frames that wait give way to newer ones, and what is recorded keeps the time of the frames.</summary>
/// <param name="worker">The model.</param>
/// <param name="photograph">The source.</param>
/// <param name="view">Of the page.</param>
/// <param name="options">How it is driven.</param>
/// <param name="send">Tells the page.</param>
/// <param name="folder">Where recordings are kept.</param>
internal sealed class DrivenRun(ModelWorker worker, Photograph photograph, View view, PerformanceOptions options, Action<Answer> send, string folder) : IDisposable
{
    private const double Rate = 25;
    private const int MostFrames = 25 * 60 * 10;

    // All of these are used on the thread of the model alone.
    private Performance? _performance;
    private VideoWriter? _writer;
    private RgbImage? _before;
    private string _name = "";
    private double _began;
    private int _written;

    /// <summary>Shows a driving frame to the model.</summary>
    /// <param name="frame">A picture file.</param>
    /// <param name="time">Its time in seconds.</param>
    public void Drive(byte[] frame, double time) => worker.Submit((this, "drive"), stage => Guarded(() =>
    {
        var clock = Stopwatch.StartNew();
        _performance ??= new Performance(stage.Head, stage.Source(photograph), options.Mode, options.Smooth, view.Whole);
        var picture = _performance.Next(frame);
        Record(picture, time);
        send(new Answer("driven") { Model = stage.Model.Name, Picture = PictureEncoding.Jpeg(picture), Time = time, Milliseconds = clock.Elapsed.TotalMilliseconds });
    }, time));

    /// <summary>Begins a recording with the next frame.</summary>
    public void Begin() => worker.Submit(new object(), _ =>
    {
        _writer?.Dispose();
        (_writer, _before, _written, _name) = (null, null, 0, Guid.NewGuid().ToString("n"));
    });

    /// <summary>Ends the recording, and tells where it is.</summary>
    public void Finish() => worker.Submit(new object(), _ => Guarded(() =>
    {
        if (_writer is null) throw new DataException("nothing was recorded", null, "Let the face follow for a moment before you stop.");
        using (_writer)
        {
            _writer.Write(_before!);
            _writer.Complete();
        }
        (_writer, _before) = (null, null);
        send(new Answer("recorded") { Address = $"recordings/{_name}" });
        _name = "";
    }));

    /// <summary>Frees what was computed, on the thread of the model.</summary>
    public void Dispose() => worker.Submit(new object(), _ =>
    {
        _writer?.Dispose();
        _performance?.Dispose();
        (_writer, _performance) = (null, null);
    });

    // A picture is shown until the next one comes.
    private void Record(RgbImage picture, double time)
    {
        if (_name.Length == 0) return;
        if (_writer is null)
        {
            _writer = new VideoWriter(Path.Combine(folder, _name + ".mp4"), picture.Width, picture.Height, Rate);
            _began = time;
        }
        for (var due = Math.Min(MostFrames, (int)Math.Round((time - _began) * Rate)); _written < due && _before is not null; _written++) _writer.Write(_before);
        _before = picture;
    }

    private void Guarded(Action work, double? time = null)
    {
        if (Failure.Of(work) is { } message) send(new Answer("error") { Message = message, Time = time });
    }
}
