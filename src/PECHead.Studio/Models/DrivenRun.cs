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
    // Both are used on the thread of the model alone.
    private Performance? _performance;
    private Recording? _recording;

    /// <summary>Shows a driving frame to the model.</summary>
    /// <param name="frame">A picture file.</param>
    /// <param name="time">Its time in seconds.</param>
    public void Drive(byte[] frame, double time) => worker.Submit((this, "drive"), stage => Guarded(() =>
    {
        var clock = Stopwatch.StartNew();
        _performance ??= new Performance(stage.Head, stage.Source(photograph), options.Mode, options.Smooth, view.Whole);
        var picture = _performance.Next(frame);
        _recording?.Add(picture, time);
        send(new Answer("driven") { Model = stage.Model.Name, Picture = PictureEncoding.Jpeg(picture), Time = time, Milliseconds = clock.Elapsed.TotalMilliseconds });
        if (_recording is { IsFull: true }) End($"A recording has at most {Recording.MostSeconds / 60} minutes: it ended.");
    }, time));

    /// <summary>Begins a recording with the next frame.</summary>
    public void Begin() => worker.Submit(new object(), _ => Guarded(() =>
    {
        _recording?.Dispose();
        _recording = new Recording(Path.Combine(folder, $"{Guid.NewGuid():n}.mp4"));
    }));

    /// <summary>Ends the recording, and tells where it is.</summary>
    /// <param name="because">Why it ends, where nobody asked for it; null: the user ended it.</param>
    public void Finish(string? because = null) => worker.Submit(new object(), _ => Guarded(() =>
    {
        if (because is null || _recording is not null) End(because);
    }));

    /// <summary>Frees what was computed, on the thread of the model. A recording that was not finished is dropped.</summary>
    public void Dispose() => worker.Submit(new object(), _ => Guarded(() =>
    {
        using var recording = _recording;
        using var performance = _performance;
        (_recording, _performance) = (null, null);
    }));

    private void End(string? because)
    {
        using var recording = _recording;
        _recording = null;
        if (recording is { IsEmpty: false })
        {
            recording.Complete();
            send(new Answer("recorded") { Address = $"recordings/{recording.Name}", Message = because });
            return;
        }
        if (because is null) throw new DataException("nothing was recorded", null, "Let the face follow for a moment before you stop.");
        send(new Answer("recorded") { Message = $"{because} Nothing was recorded yet." });
    }

    private void Guarded(Action work, double? time = null)
    {
        if (Failure.Of(work) is { } message) send(new Answer("error") { Message = message, Time = time });
    }
}
