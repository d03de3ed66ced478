using SkiaSharp;

namespace PECHead.Research.Visualization;

/// <summary>A figure with title, captions and margin, recorded: PNG, SVG and PDF replay the same drawing.</summary>
internal sealed record Composition(SKPicture Picture, int Width, int Height) : IDisposable
{
    /// <summary>Records what is drawn by <paramref name="draw"/>, which returns its size.</summary>
    public static Composition Record(Func<SKCanvas, (double Width, double Height)> draw)
    {
        using var recorder = new SKPictureRecorder();
        var (width, height) = draw(recorder.BeginRecording(new SKRect(-1e5f, -1e5f, 1e5f, 1e5f)));
        return new Composition(recorder.EndRecording(), (int)Math.Ceiling(width), (int)Math.Ceiling(height));
    }

    /// <summary>Replays the figure on white.</summary>
    public void Draw(SKCanvas canvas)
    {
        using var white = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(SKRect.Create(Width, Height), white);
        canvas.DrawPicture(Picture);
    }

    /// <param name="scale">Pixels per unit.</param>
    public SKImage Rasterize(double scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        var info = new SKImageInfo((int)Math.Round(Width * scale), (int)Math.Round(Height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info)
            ?? throw new ArgumentOutOfRangeException(nameof(scale), scale, $"A picture of {info.Width}x{info.Height} pixels is too large. Use a smaller scale.");
        surface.Canvas.Scale((float)scale);
        Draw(surface.Canvas);
        return surface.Snapshot();
    }

    /// <summary>A page of the figure's size; what is lines and text stays lines and text.</summary>
    public byte[] ToPdf(string title)
    {
        const float PointsPerUnit = 72f / 96;
        using var bytes = new MemoryStream();
        using (var document = SKDocument.CreatePdf(bytes, new SKDocumentPdfMetadata { Title = title, Creator = "PECHead.Research" }))
        {
            var canvas = document.BeginPage(Width * PointsPerUnit, Height * PointsPerUnit);
            canvas.Scale(PointsPerUnit);
            Draw(canvas);
            document.EndPage();
            document.Close();
        }
        return bytes.ToArray();
    }

    public void Dispose() => Picture.Dispose();
}
