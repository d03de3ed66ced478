using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

public sealed class FaceFigureTests
{
    private static readonly string Gallery = Path.Combine(Repository.Root, "artifacts", "gallery");

    [Fact]
    public void Inspection_shows_the_mesh_the_axes_and_the_numbers()
    {
        using var scope = NewDisposeScope();
        const int Side = 200;
        using var model = FaceModelFile.Load(FaceModelFile.EmbeddedPath);
        var face = new FaceCoefficients(
            zeros(1, model.IdentitySize), zeros(1, model.ExpressionSize), tensor(new[] { 0, 0.3f, 0 }, 1, 3), zeros(1, 3), tensor(new[] { -0.3f, 0, 0 }, 1, 3), ones(1));
        float[] points = [.. ((model.Points(face) + 1) / 2 * Side).contiguous().data<float>().ToArray()];
        var grey = new RgbImage(Side, Side, [.. Enumerable.Repeat<byte>(128, 3 * Side * Side)]);
        var inspection = new FaceInspection(
            [new FaceBox(40, 40, 160, 170), new FaceBox(2, 2, 30, 30)], 0, points, 0.97f, (0.1f, 0.3f, 0), [("mouth_open", 0.5f), ("smile", 0)]);
        var figure = new FaceInspectionFigure(grey, inspection) { Size = 400 };

        var drawn = figure.ToImage();
        figure.Save(Path.Combine(Gallery, "inspection.png"), scale: 1);

        Assert.Equal(new HashSet<string> { "1", "2", "face 1 of 2, score 0.97", "pitch", "yaw", "roll", "5.7°", "17.2°", "0.0°", "mouth open", "smile" }, [.. Drawn.Texts(figure)]);
        Assert.True(Drawn.Is(drawn[Drawn.Margin + 80, Drawn.Margin + 200], (0xff, 0xd4, 0)));       // the chosen box
        foreach (var axis in new[] { (0xff, 0x3b, 0x30), (0x34, 0xc7, 0x59), (0x0a, 0x60, 0xff) })
            Assert.True(Drawn.Count(drawn, axis) > 20);
        Assert.Equal(0.5, Drawn.Count(drawn, (0xe8, 0x83, 0x3a), 4) / (84.0 * 12), 0.03);           // a bar filled to a half
        Assert.Equal(0, (drawn.Width - (2 * Drawn.Margin)) % 2);
    }

    [Fact]
    public void Expressions_are_drawn_over_the_mean_face()
    {
        using var scope = NewDisposeScope();
        using var model = FaceModelFile.Load(FaceModelFile.EmbeddedPath);
        var figure = new ExpressionFigure(model);
        figure.Save(Path.Combine(Gallery, "expressions.png"), scale: 1);
        figure.Save(Path.Combine(Gallery, "expressions.svg"));

        Assert.Equal(["mean face", .. model.Directions.Names.Select(name => name.Replace('_', ' '))], Drawn.Texts(figure));
        var drawn = figure.ToImage();
        int Red(int column) => Enumerable.Range(0, 240).Sum(x => Enumerable.Range(0, 240).Count(y =>
            Drawn.Is(drawn[Drawn.Margin + (240 * column) + x, Drawn.Margin + 28 + y], (0xcc, 0x22, 0x22), 60)));
        Assert.True(Red(0) > 100 && Red(1) > 100);
    }
}
