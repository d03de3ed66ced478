namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>LaTeX, typeset by the front end.</summary>
/// <param name="latexCode">For example <c>$$e^{i\pi} = -1$$</c>.</param>
public sealed class LaTeXString(string latexCode)
{
    /// <summary>The source.</summary>
    public override string ToString() => latexCode;
}

/// <summary>A formula, typeset by the front end.</summary>
/// <param name="latexCode">LaTeX without dollars.</param>
public sealed class MathString(string latexCode)
{
    /// <summary>The source between dollars.</summary>
    public override string ToString() => $"$${latexCode}$$";
}
