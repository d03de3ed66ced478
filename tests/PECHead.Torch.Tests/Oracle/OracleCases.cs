namespace PECHead.Torch.Tests.Oracle;

/// <summary>The table: every public function of the binding that gives tensors, beside the Python that must give the same.</summary>
internal static partial class OracleCases
{
    internal static IReadOnlyList<OracleCase> All { get; } = Build();

    private static IReadOnlyList<OracleCase> Build()
    {
        var table = new OracleTable();
        Pointwise(table);
        InPlace(table);
        Operators(table);
        Comparisons(table);
        Arithmetic(table);
        Matrices(table);
        Reductions(table);
        Shapes(table);
        Indexing(table);
        Conversions(table);
        Creation(table);
        RandomNumbers(table);
        Activations(table);
        Convolutions(table);
        Sampling(table);
        Normalizations(table);
        Losses(table);
        Modules(table);
        Initialization(table);
        SecondDerivatives(table);
        Optimizers(table);
        return table.Cases;
    }
}
