namespace PECHead.Research.FaceModel;

/// <summary>Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations, in double.</summary>
/// <remarks>Outside of torch, because the matrices are 4 × 4 (one a face) or have some dozens of rows, and no gradient is asked for.</remarks>
internal static class SymmetricEigen
{
    private const int MaxSweeps = 64;

    /// <summary>Decomposes A = V · diag(values) · Vᵀ.</summary>
    /// <param name="matrix">Square; only its upper triangle counts. It is not changed.</param>
    /// <returns>Values from the largest to the smallest, and their unit vectors in the columns.</returns>
    public static (double[] Values, double[,] Vectors) Decompose(double[,] matrix)
    {
        int size = matrix.GetLength(0);
        var a = (double[,])matrix.Clone();
        var v = new double[size, size];
        for (int i = 0; i < size; i++)
        {
            v[i, i] = 1;
            for (int j = 0; j < i; j++)
                a[i, j] = a[j, i];
        }
        for (int sweep = 0; sweep < MaxSweeps && !IsDiagonal(a, size); sweep++)
        {
            for (int p = 0; p < size - 1; p++)
            {
                for (int q = p + 1; q < size; q++)
                    Rotate(a, v, p, q, size);
            }
        }
        return Sorted(a, v, size);
    }

    private static bool IsDiagonal(double[,] a, int size)
    {
        double off = 0, on = 0;
        for (int i = 0; i < size; i++)
        {
            on += a[i, i] * a[i, i];
            for (int j = i + 1; j < size; j++)
                off += a[i, j] * a[i, j];
        }
        return off <= 1e-30 * on;
    }

    private static void Rotate(double[,] a, double[,] v, int p, int q, int size)
    {
        if (a[p, q] == 0)
            return;
        double theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        double t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        double cos = 1 / Math.Sqrt((t * t) + 1), sin = t * cos;
        for (int k = 0; k < size; k++)
            (a[k, p], a[k, q]) = ((cos * a[k, p]) - (sin * a[k, q]), (sin * a[k, p]) + (cos * a[k, q]));
        for (int k = 0; k < size; k++)
        {
            (a[p, k], a[q, k]) = ((cos * a[p, k]) - (sin * a[q, k]), (sin * a[p, k]) + (cos * a[q, k]));
            (v[k, p], v[k, q]) = ((cos * v[k, p]) - (sin * v[k, q]), (sin * v[k, p]) + (cos * v[k, q]));
        }
    }

    private static (double[] Values, double[,] Vectors) Sorted(double[,] a, double[,] v, int size)
    {
        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => a[i, i])];
        var vectors = new double[size, size];
        for (int column = 0; column < size; column++)
        {
            for (int row = 0; row < size; row++)
                vectors[row, column] = v[row, order[column]];
        }
        return ([.. order.Select(i => a[i, i])], vectors);
    }
}
