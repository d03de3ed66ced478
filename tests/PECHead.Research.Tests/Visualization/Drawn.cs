using System.Xml.Linq;
using PECHead.Research.Data;
using PECHead.Research.Visualization;

namespace PECHead.Research.Tests.Visualization;

/// <summary>A figure as its reader has it: pixels and words.</summary>
internal static class Drawn
{
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The content begins here when the figure has no title.</summary>
    public const int Margin = 12;

    /// <summary>What a reader can search for and copy.</summary>
    public static string[] Texts(Figure figure) =>
        [.. XDocument.Parse(figure.ToSvg()).Descendants(Svg + "text").Select(text => text.Value.Trim())];

    /// <summary>Bytes and type of the pictures inside.</summary>
    public static (string Type, byte[] Bytes)[] Pictures(Figure figure) =>
    [
        .. from image in XDocument.Parse(figure.ToSvg()).Descendants(Svg + "image")
           let address = image.Attributes().Single(attribute => attribute.Name.LocalName == "href").Value.Split([':', ';', ','])
           select (address[1], Convert.FromBase64String(address[3])),
    ];

    /// <summary>Whether a pixel is nearly of a colour.</summary>
    public static bool Is((byte R, byte G, byte B) pixel, (int R, int G, int B) color, int tolerance = 24) =>
        Math.Abs(pixel.R - color.R) <= tolerance && Math.Abs(pixel.G - color.G) <= tolerance && Math.Abs(pixel.B - color.B) <= tolerance;

    /// <summary>Pixels that are nearly of a colour.</summary>
    public static int Count(RgbImage image, (int R, int G, int B) color, int tolerance = 24) =>
        Enumerable.Range(0, image.Height).Sum(y => Enumerable.Range(0, image.Width).Count(x => Is(image[x, y], color, tolerance)));
}
