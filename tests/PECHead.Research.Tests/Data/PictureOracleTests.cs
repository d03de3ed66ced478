using PECHead.Research.Data;
using PECHead.Research.Tests.Golden;

namespace PECHead.Research.Tests.Data;

/// <summary>Pictures of many kinds, beside what Pillow reads in them.</summary>
public sealed class PictureOracleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [OracleFact]
    public void Pictures_of_every_kind_have_the_pixels_that_Pillow_reads()
    {
        var (code, errors) = PythonOracle.Run(Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Data", "pillow_pictures.py"), _folder.Root);
        Assert.True(code == 0, errors);
        string[] expected = Directory.GetFiles(_folder.Root, "*.rgb");
        Assert.True(expected.Length > 70);
        Assert.Equal("", string.Join("; ", expected.Select(Difference).OfType<string>()));
    }

    // Exact formats differ by rounding only, at most one level everywhere (CMYK of a TIFF). JPEG: another inverse transform, and chroma of 4:2:0 and 4:2:2 is repeated where
    // libjpeg interpolates it; of smooth colours that is a few levels. Of 12 photographs of faces, 4:2:0, the mean is 0.1 to 1.2.
    private static string? Difference(string expectedFile)
    {
        var name = Path.GetFileNameWithoutExtension(expectedFile);
        var size = Path.GetExtension(name)[1..];
        var picture = Path.ChangeExtension(expectedFile[..^".rgb".Length], null);
        var (most, mean) = Path.GetExtension(picture) == ".jpg" ? (10, 1.6) : (2, 1.0);
        RgbImage image;
        try
        {
            image = ImageFile.Read(picture);
        }
        catch (DataException failure)
        {
            return failure.Message;
        }
        var expected = File.ReadAllBytes(expectedFile);
        if ($"{image.Width}x{image.Height}" != size)
            return $"{name}: {image.Width}x{image.Height}";
        var differences = expected.Zip(image.GetBuffer(), (a, b) => Math.Abs(a - b)).ToArray();
        return differences.Max() <= most && differences.Average() <= mean ? null : $"{name}: at most {differences.Max()}, mean {differences.Average():0.00}";
    }
}
