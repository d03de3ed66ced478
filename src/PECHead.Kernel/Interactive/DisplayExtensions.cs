using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;

// In the namespace that every cell imports, as notebooks expect.
namespace System;

/// <summary>Showing values below the cell, as extension methods.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value while the cell runs.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="mimeTypes">Formats; without any, those its type prefers.</param>
    /// <returns>What was shown, to be updated.</returns>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) => DisplayedValue.Show(value, mimeTypes);

    /// <summary>Shows text that is in a format already.</summary>
    /// <param name="value">For example SVG markup, or base64 of a PNG.</param>
    /// <param name="mimeType">Its format, for example <c>image/svg+xml</c>.</param>
    /// <returns>What was shown, to be updated.</returns>
    public static DisplayedValue DisplayAs(this string value, string mimeType) => DisplayedValue.Show(new FormattedValue(mimeType, value));

    /// <summary>Shows a sequence as a table with a column for each property.</summary>
    /// <param name="source">The rows; the first <see cref="Formatter.ListExpansionLimit"/> are shown.</param>
    /// <returns>What was shown, to be updated.</returns>
    public static DisplayedValue DisplayTable<T>(this IEnumerable<T> source) => DisplayedValue.Show(TableFormatting.Table(source));
}
