namespace PECHead.Research.FaceModel;

/// <summary>A named expression of a model.</summary>
/// <param name="Step">E numbers: added to β they make the full expression.</param>
/// <param name="Readout">E numbers: their product with β is how much of the expression a face shows, 0 for none, 1 for all of it.</param>
public sealed record ExpressionDirection(IReadOnlyList<float> Step, IReadOnlyList<float> Readout);
