namespace PECHead.Research.Visualization;

/// <summary>A row of a result table.</summary>
/// <param name="Label">What was measured.</param>
/// <param name="Values">One per column, null where nothing was measured.</param>
/// <param name="IsReference">Shown for comparison: not ranked.</param>
/// <param name="HasRule">A line above it.</param>
internal sealed record ResultRow(string Label, IReadOnlyList<ResultValue?> Values, bool IsReference, bool HasRule);
