using System.Text.Json;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Studio.Models;

/// <summary>A photograph that follows frames which come one by one. The first face is the reference; it belongs to the thread of its model.</summary>
internal sealed class Performance : IDisposable
{
    // Frames a second that the filter is made for: what a face is observed in on two cores.
    private const double Rate = 10;
    private const long MostPixels = 1280 * 1280;

    private readonly TalkingHead _head;
    private readonly AnimatedPortrait _portrait;
    private CropSquare? _square;

    /// <summary>Encodes the photograph.</summary>
    /// <param name="head">The model.</param>
    /// <param name="portrait">The photograph.</param>
    /// <param name="mode">What the source takes, as on the command line.</param>
    /// <param name="smooth">How much the driving face is steadied, 0 to 10.</param>
    /// <param name="whole">Whether the face is pasted back.</param>
    /// <exception cref="ArgumentException">The model cannot do it.</exception>
    public Performance(TalkingHead head, Portrait portrait, string mode, double smooth, bool whole)
    {
        _head = head;
        var options = new AnimationOptions { Mode = Modes.Parse(mode), Smooth = smooth, PasteBack = whole };
        _portrait = head.Animated(whole ? ShownPortrait.Of(portrait) : portrait, options, Rate);
    }

    /// <summary>The picture after a driving frame.</summary>
    /// <param name="frame">A picture file of at most 1.6 megapixels.</param>
    /// <returns>The photograph in the motion of the frame.</returns>
    /// <exception cref="DataException">No picture, or no face has been seen yet.</exception>
    public RgbImage Next(byte[] frame)
    {
        using var scope = NewDisposeScope();
        var picture = PictureDecoding.Decode(frame, "the driving frame") ?? throw new DataException("a driving frame is no picture");
        if ((long)picture.Width * picture.Height > MostPixels) throw new DataException("a driving frame is too large");
        // One square for all frames: so that the head moves in it.
        _square ??= _head.HeadIn(picture);
        var square = DrivingSquare.Cut(picture, _square.Value, _head.ImageSize);
        var (image, face) = _head.Observe(square);
        return _portrait.Next(square, image, face);
    }

    /// <summary>Frees what was computed of the photograph.</summary>
    public void Dispose() => _portrait.Dispose();
}

/// <summary>Motion modes as they are written.</summary>
internal static class Modes
{
    /// <summary>The name of a mode.</summary>
    public static string Name(MotionMode mode) => JsonNamingPolicy.KebabCaseLower.ConvertName(mode.ToString());

    /// <summary>The mode of a name.</summary>
    /// <exception cref="ArgumentException">There is no such mode.</exception>
    public static MotionMode Parse(string name)
        => Enum.GetValues<MotionMode>().Where(mode => Name(mode) == name).Select(mode => (MotionMode?)mode).FirstOrDefault() ?? throw new ArgumentException($"There is no mode '{name}'.", nameof(name));
}
