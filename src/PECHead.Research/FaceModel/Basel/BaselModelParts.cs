using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>Puts the face model together from the six files that Deep3DFaceRecon makes BFM_model_front.mat from.</summary>
/// <remarks>
/// <b>Paper:</b> Deng et al. 2019, public implementation: principal components times their deviations, micrometres to
/// decimetres, 80 identity and 64 expression components, and the points of the front of the face.
/// </remarks>
internal static class BaselModelParts
{
    private const float Unit = 1e5f;
    private const int MaxPoints = 1 << 20;
    private const int MaxComponents = 1024;

    /// <param name="paths">The files of <see cref="BaselFiles.Parts"/>, in order.</param>
    public static BaselFaceModel Read(IReadOnlyList<string> paths)
    {
        using var scope = NewDisposeScope();
        using var morphable = MatFile.Open(paths[0]);
        var (expression, trimmed) = ReadExpressions(paths[1], ReadDeviations(paths[2]));
        int all = Points(morphable);
        using var front = MatFile.Open(paths[3]);
        using var trim = MatFile.Open(paths[4]);
        using var info = MatFile.Open(paths[5]);

        // Front of the face → points of the expression basis → points of the Basel model.
        var inExpression = BaselModelFile.Indices(front, "idx", trimmed, 1);
        var toModel = BaselModelFile.Indices(trim, "trimIndex", all, 1);
        if (toModel.Length != trimmed)
            throw BaselModelFile.Unfit(paths[4], $"'trimIndex' has {toModel.Length} entries for the {trimmed} points of {BaselFiles.Parts[1].Name}");
        var inModel = inExpression.Select(point => toModel[point]).ToArray();

        var mean = tensor(morphable["shapeMU"].ReadSingles()).view(-1, 3).index_select(0, Rows(inModel)) / Unit;
        var identity = Select(ReadIdentity(morphable, all), inModel) / Unit;
        return BaselModelFile.Build(paths[0], mean, identity, Select(expression, inExpression) / Unit, info);
    }

    private static int Points(MatFile morphable)
    {
        var mean = morphable["shapeMU"];
        return mean.Count is > 0 and <= 3 * MaxPoints && mean.Count % 3 == 0
            ? (int)(mean.Count / 3)
            : throw BaselModelFile.Unfit(morphable.Path, $"'shapeMU' has {mean.Count} numbers, which are no points");
    }

    // Components lie one after the other, so the first 80 are the start of the array: the rest is not read.
    private static Tensor ReadIdentity(MatFile morphable, int points)
    {
        const int Kept = Deep3DCoefficients.IdentitySize;
        var (components, deviations) = (morphable["shapePC"], morphable["shapeEV"]);
        if (components.Shape is not [var rows, >= Kept and <= MaxComponents and var columns] || rows != 3L * points || deviations.Count != columns)
            throw BaselModelFile.Unfit(
                morphable.Path, $"'shapePC' is {BaselModelFile.Size(components)} and 'shapeEV' has {deviations.Count} numbers for {points} points");
        var scale = tensor(deviations.ReadSingles(Kept), [Kept, 1]);
        return tensor(components.ReadSingles(Kept * rows), [Kept, rows]) * scale;
    }

    private static (Tensor Basis, int Points) ReadExpressions(string path, float[] deviations)
    {
        const int Kept = Deep3DCoefficients.ExpressionSize;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        var head = new byte[sizeof(int)];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            throw new CheckpointFormatException($"{path}: {file.Length} bytes: truncated.");
        int components = BinaryPrimitives.ReadInt32LittleEndian(head);
        long numbers = (file.Length - 4) / sizeof(float);
        if (components is < Kept or > MaxComponents || components != deviations.Length)
            throw BaselModelFile.Unfit(path, $"{components} expression components, where {BaselFiles.Parts[2].Name} has {deviations.Length} deviations");
        long points = numbers / 3 / (components + 1);
        if ((file.Length - 4) % sizeof(float) != 0 || points is 0 or > MaxPoints || numbers != 3 * points * (components + 1))
            throw BaselModelFile.Unfit(path, $"{file.Length} bytes are not a mean and {components} components");
        var values = new float[3 * points * Kept];
        file.Position = 4 + (3 * points * sizeof(float));
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return (tensor(values, [Kept, 3 * points]) * tensor(deviations[..Kept], [Kept, 1]), (int)points);
    }

    private static float[] ReadDeviations(string path)
    {
        const int MaxBytes = 1 << 16;
        if (new FileInfo(path).Length > MaxBytes)
            throw BaselModelFile.Unfit(path, "too long for a line of deviations");
        var words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return [.. words.Select(word => float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
            ? number
            : throw BaselModelFile.Unfit(path, $"'{(word.Length > 40 ? word[..40] : word)}' is no number"))];
    }

    private static Tensor Select(Tensor basis, int[] points) =>
        basis.view(basis.size(0), -1, 3).index_select(1, Rows(points)).flatten(1);

    private static Tensor Rows(int[] points) => tensor(points.Select(point => (long)point).ToArray());
}
