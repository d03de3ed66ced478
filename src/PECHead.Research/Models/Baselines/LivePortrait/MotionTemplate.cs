using System.Globalization;
using PECHead.Research.Checkpoints;
using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LivePortrait;

/// <summary>A file with the motion of a driver, which drives without the video.</summary>
/// <remarks>
/// Safetensors with the fields of the authors' motion templates, of all T frames together: <c>scale</c> [T, 1], <c>R</c> [T, 3, 3], <c>exp</c> [T, K, 3], <c>t</c> [T, 3],
/// <c>kp</c> [T, K, 3], <c>x_s</c> [T, K, 3] (the points), and where it was looked at <c>c_eyes</c> [T, 2] and <c>c_lip</c> [T, 1]: float32. The header
/// holds <c>format</c>, <c>version</c> and <c>output_fps</c>.
/// </remarks>
internal static class MotionTemplate
{
    /// <summary>Most frames of a file: an hour at 60 frames a second.</summary>
    public const int MostFrames = 216_000;

    private const string Format = "liveportrait-motion";
    private const string Version = "1";
    private const string Keypoints = "kp";
    private const double Largest = 1e3;    // what a head could do is far below
    private const double MostRate = 240;

    private static readonly (string Name, long[] Shape, Func<ImplicitMotion, Tensor> Of)[] Fields =
    [
        ("scale", [1], motion => motion.Scale), ("R", [3, 3], motion => motion.Rotation), ("exp", [LivePortraitConfig.KeypointCount, 3], motion => motion.Expression),
        ("t", [3], motion => motion.Translation), (Keypoints, [LivePortraitConfig.KeypointCount, 3], motion => motion.Canonical), ("x_s", [LivePortraitConfig.KeypointCount, 3], motion => motion.Points()),
    ];

    /// <summary>Writes a recording.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="recording">At least one frame.</param>
    public static void Save(string path, MotionRecording recording)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        ImplicitMotion[] frames = [.. recording.Frames.Cast<ImplicitMotion>()];
        var tensors = Fields.ToDictionary(field => field.Name, field => cat([.. frames.Select(field.Of)], 0).to(ScalarType.Float32).cpu());
        if (recording.Openness is { } openness)
        {
            tensors["c_eyes"] = tensor(openness.SelectMany(one => new[] { (float)one.LeftEye, (float)one.RightEye }).ToArray(), [openness.Count, 2]);
            tensors["c_lip"] = tensor(openness.Select(one => (float)one.Lips).ToArray(), [openness.Count, 1]);
        }
        StateDict.Save(path, tensors, new Dictionary<string, string>
        {
            ["format"] = Format,
            ["version"] = Version,
            ["output_fps"] = recording.Rate.ToString("R", CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Reads a recording.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointFormatException">Damaged, another format, other fields or shapes, no frame or too many, or numbers that no head can have.</exception>
    public static MotionRecording Open(string path)
    {
        using var scope = NewDisposeScope();
        var (rate, count) = Header(path);
        var tensors = StateDict.Load(path);
        foreach (var (name, shape, _) in Fields) Check(path, tensors, name, [count, .. shape]);
        if (tensors.ContainsKey("c_eyes") || tensors.ContainsKey("c_lip"))
        {
            Check(path, tensors, "c_eyes", [count, 2]);
            Check(path, tensors, "c_lip", [count, 1]);
        }
        if ((tensors["scale"] == 0).any().ToBoolean()) throw new CheckpointFormatException($"{path}: 'scale' must not be 0.");
        Tensor One(string name, long frame) => tensors[name].narrow(0, frame, 1).clone();
        List<MotionState> frames = [.. Enumerable.Range(0, (int)count).Select(i => new ImplicitMotion(
            One(Keypoints, i), One("scale", i), One("R", i), One("exp", i), One("t", i), zeros_like(tensors["exp"].narrow(0, i, 1))).DetachFromDisposeScope())];
        return new MotionRecording(rate, frames, tensors.TryGetValue("c_eyes", out var eyes) ? Openness(eyes, tensors["c_lip"]) : null);
    }

    private static List<FaceOpenness> Openness(Tensor eyes, Tensor lips)
    {
        var (eye, lip) = (eyes.data<float>().ToArray(), lips.data<float>().ToArray());
        return [.. lip.Select((one, i) => new FaceOpenness(eye[2 * i], eye[(2 * i) + 1], one))];
    }

    // The sizes are in the header, and are checked before anything is loaded.
    private static (double Rate, long Count) Header(string path)
    {
        using var stored = SafetensorsFile.Open(path);
        if (stored.Metadata.GetValueOrDefault("format") != Format || stored.Metadata.GetValueOrDefault("version") != Version)
            throw new CheckpointFormatException($"{path}: no motion of LivePortrait, as 'pechead motion' writes it.");
        if (!double.TryParse(stored.Metadata.GetValueOrDefault("output_fps"), NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) || rate is not (> 0 and <= MostRate))
            throw new CheckpointFormatException($"{path}: 'output_fps' must be a number of frames a second, up to {MostRate}.");
        string[] known = [.. Fields.Select(field => field.Name), "c_eyes", "c_lip"];
        if (stored.Keys.FirstOrDefault(name => !known.Contains(name)) is { } other) throw new CheckpointFormatException($"{path}: '{other}' is no field of a motion.");
        var count = stored.TryGetValue("scale", out var scale) && scale.Shape.Count > 0 ? scale.Shape[0] : 0;
        return count is >= 1 and <= MostFrames ? (rate, count) : throw new CheckpointFormatException($"{path}: a motion has 1 to {MostFrames} frames, not {count}.");
    }

    private static void Check(string path, Dictionary<string, Tensor> tensors, string name, long[] shape)
    {
        if (!tensors.TryGetValue(name, out var tensor)) throw new CheckpointFormatException($"{path}: '{name}' is missing.");
        if (tensor.dtype != ScalarType.Float32 || !tensor.shape.AsSpan().SequenceEqual(shape))
            throw new CheckpointFormatException($"{path}: '{name}' must be float32 [{string.Join(", ", shape)}], not {tensor.dtype} [{string.Join(", ", tensor.shape)}].");
        using var scope = NewDisposeScope();
        if (!(tensor.isfinite() & (tensor.abs() <= Largest)).all().ToBoolean()) throw new CheckpointFormatException($"{path}: '{name}' has numbers that no head can have.");
    }
}
