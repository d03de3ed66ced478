using PECHead.Research.Layers;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Eight lengths and heights of a face, in units of the distance between its outer eye corners.</summary>
/// <remarks>
/// Of the 68 landmarks in space with the pose taken off. Left and right are the person's own, so the left eye is on the
/// right of the picture.
/// </remarks>
internal static class ExpressionMeasures
{
    /// <summary>What each column is.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "mouth width", "mouth corner height", "mouth opening", "lip protrusion",
        "right eye opening", "left eye opening", "right brow height", "left brow height",
    ];

    /// <summary>Columns of <see cref="Names"/> about the mouth.</summary>
    internal static IReadOnlyList<int> Mouth { get; } = [0, 1, 2, 3];

    /// <summary>Measures faces, differentiable.</summary>
    /// <param name="landmarks">[N, 68, 3], x right, y up, z towards the camera, of faces that look into it; any unit.</param>
    /// <returns>[N, 8], columns as in <see cref="Names"/>.</returns>
    /// <exception cref="ArgumentException">Not [N, 68, 3].</exception>
    public static Tensor Of(Tensor landmarks)
    {
        TensorGuard.Shape(landmarks, nameof(landmarks), TensorGuard.Any, 68, 3);
        using var scope = NewDisposeScope();
        var unit = Distance(36, 45);
        return stack(
        [
            Distance(48, 54) / unit,
            (Mean(1, 48, 54) - Mean(1, 51, 57)) / unit,
            ((Distance(61, 67) + Distance(62, 66) + Distance(63, 65)) / 3) / unit,
            (Mean(2, 51, 57) - Mean(2, 48, 54)) / unit,
            ((Distance(37, 41) + Distance(38, 40)) / 2) / unit,
            ((Distance(43, 47) + Distance(44, 46)) / 2) / unit,
            (Mean(1, 17, 18, 19, 20, 21) - Mean(1, 36, 39)) / unit,
            (Mean(1, 22, 23, 24, 25, 26) - Mean(1, 42, 45)) / unit,
        ], 1).MoveToOuterDisposeScope();

        Tensor Point(int index) => landmarks.select(1, index);
        Tensor Distance(int a, int b) => (Point(a) - Point(b)).square().sum(1).sqrt();
        Tensor Mean(int axis, params int[] points) => stack(points.Select(point => Point(point).select(1, axis)).ToArray(), 0).mean([0L]);
    }
}
