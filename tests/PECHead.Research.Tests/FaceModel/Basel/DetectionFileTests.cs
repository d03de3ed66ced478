using PECHead.Research.Data;
using PECHead.Research.FaceModel.Basel;
using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.FaceModel.Basel;

public sealed class DetectionFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("142.84\t207.18\n222.02 203.9\n159.24,253.57\n146.59 ; 290.93\n\n227.52 284.74\n")]
    [InlineData("142.84 207.18\r\n222.02 203.9\r\n159.24 253.57\r\n146.59 290.93\r\n227.52 2.8474e2")]
    public void Five_lines_beside_the_picture_are_its_landmarks(string text)
    {
        _folder.Write("detections/a.b.txt", text);

        var face = DetectionFile.ReadFor(_folder["a.b.png"]);

        Assert.Equal((142.84, 207.18), face.Points[0]);
        Assert.Equal((227.52, 284.74), face.Points[4]);
        Assert.Equal(1, face.Score);
    }

    [Theory]
    [InlineData("1 2\n3 4\n", "2 points")]
    [InlineData("1 2\n3 4\n5 six\n", "line 3")]
    [InlineData("1 2 3\n", "line 1")]
    [InlineData("1 NaN\n", "line 1")]
    [InlineData("", "0 points")]
    public void Anything_else_is_refused_with_its_line(string text, string complaint)
    {
        _folder.Write("detections/a.txt", text);
        Assert.Contains(complaint, Assert.Throws<DataException>(() => DetectionFile.ReadFor(_folder["a.png"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_or_huge_file_is_named()
    {
        Assert.Contains("five lines", Assert.Throws<DataException>(() => DetectionFile.ReadFor(_folder["a.png"])).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => DetectionFile.Read(_folder.Write("b.txt", new string('1', 100_000))));
    }
}
