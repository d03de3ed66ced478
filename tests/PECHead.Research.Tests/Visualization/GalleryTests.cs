using System.Text.RegularExpressions;
using System.Xml.Linq;
using PECHead.Research.Data;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

/// <summary>What holds for every figure; the pictures are left in artifacts/gallery to be looked at.</summary>
public sealed partial class GalleryTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "gallery");

    [Fact]
    public void Every_figure_is_written_in_every_format()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, figure) in Gallery.Figures())
        {
            string At(string extension) => Path.Combine(Folder, name + extension);
            foreach (string extension in new[] { ".svg", ".png", ".pdf", ".html" })
                figure.Save(At(extension), scale: 1);

            var drawn = ImageFile.Read(At(".png"));
            using var composition = figure.Compose();
            Assert.Equal((composition.Width, composition.Height), (drawn.Width, drawn.Height));
            Assert.Equal("%PDF", System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(At(".pdf")), 0, 4));
        }
    }

    [Fact]
    public void Every_figure_is_well_formed_and_refers_to_nothing_outside()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, figure) in Gallery.Figures())
        {
            var svg = XDocument.Parse(figure.ToSvg());
            Assert.Equal("svg", svg.Root!.Name.LocalName);
            Assert.All(svg.Descendants().Attributes().Where(attribute => attribute.Name.LocalName == "href"), address => Assert.Matches("^(data:|#)", address.Value));
            Assert.DoesNotMatch(NotANumber(), Embedded().Replace(figure.ToSvg(), ""));

            string html = figure.ToHtml();
            Assert.DoesNotMatch(Outside(), Embedded().Replace(html, "").Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
            Assert.True(html.Length < 1_000_000, $"{name} takes {html.Length} characters of a page");
            Assert.Equal(html, figure.ToHtml());
        }
    }

    [GeneratedRegex(@"\b(NaN|Infinity)\b")]
    private static partial Regex NotANumber();

    [GeneratedRegex(@"https?:|//[a-z]+\.|\bimport\b|\bfetch\(|src=""(?!data:)")]
    private static partial Regex Outside();

    [GeneratedRegex(@"base64,[A-Za-z0-9+/=]+")]
    private static partial Regex Embedded();
}
