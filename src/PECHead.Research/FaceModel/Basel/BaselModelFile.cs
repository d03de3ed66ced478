using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>Reads BFM_model_front.mat, and the tables that it shares with facemodel_info.mat.</summary>
internal static class BaselModelFile
{
    private const int MaxPoints = 1 << 20;
    private const int MaxCoefficients = 512;

    public static BaselFaceModel Read(string path)
    {
        using var scope = NewDisposeScope();
        using var file = MatFile.Open(path);
        var mean = file["meanshape"];
        if (mean.Count is 0 or > 3 * MaxPoints || mean.Count % 3 != 0)
            throw Unfit(path, $"'meanshape' has {mean.Count} numbers, which are no points");
        return Build(
            path, tensor(mean.ReadSingles()).view(-1, 3), Basis(file, "idBase", mean.Count), Basis(file, "exBase", mean.Count), file);
    }

    /// <summary>Joins shape tables with triangles and landmarks.</summary>
    public static BaselFaceModel Build(string path, Tensor mean, Tensor identity, Tensor expression, MatFile info)
    {
        var triangles = Indices(info, "tri", mean.size(0), 3);
        var landmarks = Indices(info, "keypoints", mean.size(0), 1);
        if (landmarks.Length != BaselFaceModel.LandmarkCount)
            throw Unfit(info.Path, $"'keypoints' has {landmarks.Length} entries instead of {BaselFaceModel.LandmarkCount}");
        int count = triangles.Length / 3;
        return new BaselFaceModel(
            mean, identity, expression,
            [.. Enumerable.Range(0, count).Select(t => (triangles[t], triangles[count + t], triangles[(2 * count) + t]))],
            landmarks);
    }

    /// <summary>Column-major indices that count from 1 in the file and from 0 in the result.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The array.</param>
    /// <param name="limit">Every index is at most this, as counted in the file.</param>
    /// <param name="columns">The last size of the array; 1: of any shape.</param>
    public static int[] Indices(MatFile file, string name, long limit, int columns)
    {
        var array = file[name];
        if (array.Count is 0 or > 4 * MaxPoints || (columns > 1 && (array.Shape.Count != 2 || array.Shape[1] != columns)))
            throw Unfit(file.Path, $"'{name}' is {Size(array)}, which is no table of indices");
        var indices = array.ReadIntegers();
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 1 || indices[i] > limit)
                throw Unfit(file.Path, $"'{name}' has the index {indices[i]}, beyond 1 to {limit}");
            indices[i]--;
        }
        return indices;
    }

    public static DataException Unfit(string path, string problem) =>
        new(problem, path, "The file is not of the Basel Face Model as Deep3DFaceRecon uses it; see docs/bfm.md.");

    public static string Size(MatArray array) => string.Join("x", array.Shape);

    // [rows, K] in column-major order is [K, rows] in ours.
    private static Tensor Basis(MatFile file, string name, long rows)
    {
        var array = file[name];
        return array.Shape is [var length, >= 1 and <= MaxCoefficients and var count] && length == rows
            ? tensor(array.ReadSingles(), [count, rows])
            : throw Unfit(file.Path, $"'{name}' is {Size(array)} instead of {rows}xK");
    }
}
