namespace PECHead.Research.Visualization;

/// <summary>
/// A figure that answers to the reader by a script of its own: it needs no server and no network, so it works in a
/// notebook, in an exported page and in a file saved as .html. As PNG, SVG and PDF it is a still picture.
/// </summary>
public abstract class InteractiveFigure : Figure
{
    private protected InteractiveFigure()
    {
    }
}
