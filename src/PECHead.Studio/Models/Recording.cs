using PECHead.Research.Data;

namespace PECHead.Studio.Models;

/// <summary>A film of pictures that come one by one: each is shown until the next one comes, for at most a second.</summary>
/// <param name="path">The .mp4 to make.</param>
internal sealed class Recording(string path) : IDisposable
{
    /// <summary>The longest film, in seconds.</summary>
    public const int MostSeconds = 600;

    private const double Rate = 25;

    // A page that sleeps, or a time that jumps, does not fill the film.
    private const double LongestStill = 1;

    private VideoWriter? _writer;
    private RgbImage? _before;
    private double _time;
    private double _length;
    private int _written;

    /// <summary>Name of the file without its extension.</summary>
    public string Name => Path.GetFileNameWithoutExtension(path);

    /// <summary>Whether no picture has come yet.</summary>
    public bool IsEmpty => _before is null;

    /// <summary>Whether the film has its greatest length.</summary>
    public bool IsFull => _length >= MostSeconds;

    /// <summary>Adds a picture.</summary>
    /// <param name="picture">All pictures have one size.</param>
    /// <param name="time">Its time in seconds. A time before that of the last picture counts as the same.</param>
    public void Add(RgbImage picture, double time)
    {
        _writer ??= new VideoWriter(path, picture.Width, picture.Height, Rate);
        if (_before is not null) _length = Math.Min(MostSeconds, _length + Math.Clamp(time - _time, 0, LongestStill));
        for (var due = (int)Math.Round(_length * Rate); _written < due; _written++) _writer.Write(_before!);
        (_before, _time) = (picture, time);
    }

    /// <summary>Finishes the file with the last picture.</summary>
    public void Complete()
    {
        _writer!.Write(_before!);
        _writer.Complete();
    }

    /// <summary>Ends the encoder. What was not completed leaves no file.</summary>
    public void Dispose() => _writer?.Dispose();
}
