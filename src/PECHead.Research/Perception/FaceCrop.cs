using PECHead.Research.Motion;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>How a square crop lies in a frame: frame = origin + u·right + v·down, for crop coordinates 0 to <see cref="Pixels"/>.</summary>
/// <param name="Frame">Index of the frame in its batch.</param>
/// <param name="Centre">Middle of the crop in the frame, pixels.</param>
/// <param name="Side">Side of the crop in the frame, pixels.</param>
/// <param name="Angle">Rotation in radians: the crop's right-hand direction is (cos, sin) in the frame, whose y points down.</param>
/// <param name="Pixels">Side of the crop in its own pixels.</param>
public readonly record struct FaceCrop(int Frame, FacePoint Centre, float Side, float Angle = 0, int Pixels = FaceCrop.MeshPixels)
{
    /// <summary>Side of the pictures that the mesh network reads.</summary>
    public const int MeshPixels = 192;

    /// <summary>Frame pixels for one pixel of the crop.</summary>
    public float Scale => Side / Pixels;

    /// <summary>Where a place of the crop lies in the frame.</summary>
    /// <param name="point">In the crop's pixels, 0 at the edge.</param>
    public FacePoint ToFrame(FacePoint point)
    {
        var (sin, cos) = MathF.SinCos(Angle);
        var (x, y) = ((point.X - (Pixels / 2f)) * Scale, (point.Y - (Pixels / 2f)) * Scale);
        return new FacePoint(Centre.X + (x * cos) - (y * sin), Centre.Y + (x * sin) + (y * cos));
    }

    /// <summary>Where a place of the frame lies in the crop.</summary>
    /// <param name="point">In the frame's pixels.</param>
    public FacePoint ToCrop(FacePoint point)
    {
        var (sin, cos) = MathF.SinCos(Angle);
        var (x, y) = ((point.X - Centre.X) / Scale, (point.Y - Centre.Y) / Scale);
        return new FacePoint((Pixels / 2f) + (x * cos) + (y * sin), (Pixels / 2f) - (x * sin) + (y * cos));
    }

    /// <summary>Cuts crops of the same number of pixels; differentiable in the frames.</summary>
    /// <param name="frames">[N, 3, H, W], float32.</param>
    /// <param name="crops">The crops, at least one.</param>
    /// <param name="cornerAligned">
    /// Sample as TensorFlow's cropAndResize does with a box given in pixels over the size: pixel i of the crop lies at
    /// (W − 1)/W·(left + i·side/(pixels − 1)). False: at the centre of its part of the crop.
    /// </param>
    /// <returns>[crops, 3, Pixels, Pixels], 0 outside of the frame.</returns>
    internal static Tensor Cut(Tensor frames, IReadOnlyList<FaceCrop> crops, bool cornerAligned)
    {
        using var scope = NewDisposeScope();
        var (height, width, pixels) = (frames.size(2), frames.size(3), crops[0].Pixels);
        var numbers = new float[crops.Count * 6];
        for (var i = 0; i < crops.Count; i++)
            crops[i].Theta(width, height, cornerAligned).CopyTo(numbers, 6 * i);
        var theta = tensor(numbers, [crops.Count, 2, 3]).to(frames.device);
        var grid = nn.functional.affine_grid(theta, [crops.Count, 3, pixels, pixels], align_corners: false);
        var isWholeBatch = crops.Count == frames.size(0) && !crops.Where((crop, i) => crop.Frame != i).Any();
        var chosen = isWholeBatch ? frames : frames.index_select(0, tensor(crops.Select(crop => (long)crop.Frame).ToArray()).to(frames.device));
        return Warping.Sample(chosen, grid, alignCorners: false).MoveToOuterDisposeScope();
    }

    /// <summary>Runs a network on crops, in pieces of bounded memory, and puts the results where their frames are.</summary>
    /// <param name="frames">[N, 3, H, W].</param>
    /// <param name="crops">At most one of a frame.</param>
    /// <param name="length">Numbers that the network gives for a crop.</param>
    /// <param name="network">Maps pictures [n, 3, Pixels, Pixels] of some of the crops to [n, length].</param>
    /// <returns>[N, length], zeros for frames without a crop.</returns>
    internal static Tensor Each(Tensor frames, FaceCrop[] crops, int length, Func<Tensor, FaceCrop[], Tensor> network)
    {
        const int Piece = 32;
        using var scope = NewDisposeScope();
        var results = new Tensor[frames.size(0)];
        var pictures = frames.to(ScalarType.Float32);
        foreach (var piece in crops.Chunk(Piece))
        {
            var rows = network(Cut(pictures, piece, cornerAligned: piece[0].Pixels == MeshPixels), piece);
            for (var i = 0; i < piece.Length; i++)
                results[piece[i].Frame] = rows.narrow(0, i, 1);
        }

        for (var i = 0; i < results.Length; i++)
            results[i] ??= zeros([1, length]).to(frames.device);
        return (results.Length == 0 ? zeros([0, length]) : cat(results, 0)).MoveToOuterDisposeScope();
    }

    // From [-1, 1] over the crop to [-1, 1] over the frame, edges at ±1.
    private float[] Theta(long width, long height, bool cornerAligned)
    {
        var (sin, cos) = MathF.SinCos(Angle);
        var (x, y) = (Centre.X, Centre.Y);
        var (half, scaleX, scaleY) = (Side / 2, 1f, 1f);
        if (cornerAligned)
        {
            half *= Pixels / (Pixels - 1f);
            (scaleX, scaleY) = ((width - 1f) / width, (height - 1f) / height);
            (x, y) = ((x * scaleX) + 0.5f, (y * scaleY) + 0.5f);
        }

        return
        [
            2 * half * cos * scaleX / width, -2 * half * sin * scaleX / width, (2 * x / width) - 1,
            2 * half * sin * scaleY / height, 2 * half * cos * scaleY / height, (2 * y / height) - 1,
        ];
    }
}
