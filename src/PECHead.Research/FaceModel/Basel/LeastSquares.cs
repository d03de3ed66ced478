namespace PECHead.Research.FaceModel.Basel;

/// <summary>Affine least squares in double precision, for a handful of points.</summary>
internal static class LeastSquares
{
    private const int Unknowns = 4;

    /// <summary>The matrix that turns observations of points into the affine map fitting them best.</summary>
    /// <param name="points">[P, 3], not in one plane.</param>
    /// <returns>[4, P]: three slopes and the constant, for <see cref="Apply"/>.</returns>
    public static double[,] PseudoInverse(double[,] points)
    {
        int count = points.GetLength(0);
        double Design(int point, int column) => column < 3 ? points[point, column] : 1;

        // (AᵀA | Aᵀ), brought to (I | A⁺) by elimination.
        var rows = new double[Unknowns, Unknowns + count];
        for (int i = 0; i < Unknowns; i++)
        {
            for (int j = 0; j < Unknowns; j++)
                for (int p = 0; p < count; p++)
                    rows[i, j] += Design(p, i) * Design(p, j);
            for (int p = 0; p < count; p++)
                rows[i, Unknowns + p] = Design(p, i);
        }

        for (int pivot = 0; pivot < Unknowns; pivot++)
            Eliminate(rows, pivot);
        var inverse = new double[Unknowns, count];
        for (int i = 0; i < Unknowns; i++)
            for (int p = 0; p < count; p++)
                inverse[i, p] = rows[i, Unknowns + p];
        return inverse;
    }

    /// <summary>Multiplies.</summary>
    /// <param name="matrix">[4, P].</param>
    /// <param name="observations">P numbers.</param>
    public static double[] Apply(double[,] matrix, double[] observations)
    {
        var result = new double[Unknowns];
        for (int i = 0; i < Unknowns; i++)
            for (int p = 0; p < observations.Length; p++)
                result[i] += matrix[i, p] * observations[p];
        return result;
    }

    // AᵀA is positive definite: no exchange of rows is needed.
    private static void Eliminate(double[,] rows, int pivot)
    {
        int columns = rows.GetLength(1);
        double diagonal = rows[pivot, pivot];
        for (int j = 0; j < columns; j++)
            rows[pivot, j] /= diagonal;
        for (int i = 0; i < Unknowns; i++)
        {
            double factor = rows[i, pivot];
            for (int j = 0; i != pivot && j < columns; j++)
                rows[i, j] -= factor * rows[pivot, j];
        }
    }
}
