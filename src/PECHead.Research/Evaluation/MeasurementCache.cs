using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Metrics;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>
/// What was read in recorded frames, a small file a frame, named by a digest of the frame and of the networks: another frame, size
/// or network is another file, so nothing has to be declared stale.
/// </summary>
internal sealed class MeasurementCache
{
    private const string Format = "pechead-reading-1";
    private const int AngleCount = 3;

    private readonly string _folder;
    private readonly byte[] _networks;
    private readonly int _units;

    /// <param name="folder">Where the files lie; made when the first is kept.</param>
    /// <param name="files">The networks, which are part of every name.</param>
    /// <param name="units">A, the number of action units.</param>
    public MeasurementCache(string folder, FaceNetworkFiles files, int units)
    {
        (_folder, _units) = (folder, units);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Format} {FaceMeasurer.PresentAmount}")));
        foreach (var model in new[] { files.BlazeFace, files.FaceMesh, files.FaceDescriptor })
        {
            digest.AppendData(File.ReadAllBytes(model));
            digest.AppendData(File.ReadAllBytes(Path.ChangeExtension(model, ".bin")));
        }
        digest.AppendData(File.ReadAllBytes(FaceModelFile.EmbeddedPath));
        _networks = digest.GetHashAndReset();
    }

    /// <summary>Frames found in the folder, and frames that had to be read.</summary>
    public (long Found, long Read) Recalled { get; private set; }

    private int Length => 1 + (Landmarks68.Count * 2) + AngleCount + FaceDescriptor.Length + _units;

    /// <summary>Takes measurements from the folder and has the others read.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <param name="measure">Measures frames.</param>
    public FaceMeasurements Recall(Tensor frames, Func<Tensor, FaceMeasurements> measure)
    {
        using var scope = NewDisposeScope();
        string[] paths = [.. Enumerable.Range(0, (int)frames.size(0)).Select(i => PathOf(frames[i]))];
        var rows = Array.ConvertAll(paths, Load);
        long[] missing = [.. rows.Index().Where(row => row.Item is null).Select(row => (long)row.Index)];
        if (missing.Length > 0)
        {
            var table = Table(measure(frames.index_select(0, tensor(missing).to(frames.device))));
            foreach (var (row, frame) in missing.Index())
                Keep(paths[frame], rows[frame] = table[(row * Length)..((row + 1) * Length)]);
        }
        Recalled = (Recalled.Found + rows.Length - missing.Length, Recalled.Read + missing.Length);
        return Measurements([.. rows.SelectMany(row => row!)], rows.Length);
    }

    private string PathOf(Tensor frame)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(_networks);
        digest.AppendData(MemoryMarshal.AsBytes<long>(frame.shape));
        digest.AppendData(MemoryMarshal.AsBytes<float>(FrameImage.Values(frame)));
        var name = Convert.ToHexStringLower(digest.GetHashAndReset());
        return Path.Combine(_folder, name[..2], name[2..] + ".face");
    }

    // A file of another length was cut short: the frame is read again.
    private float[]? Load(string path)
    {
        if (!File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == Length * sizeof(float) ? MemoryMarshal.Cast<byte, float>(bytes).ToArray() : null;
    }

    private static void Keep(string path, float[] row) => ReplacedFile.Write(path, MemoryMarshal.AsBytes<float>(row).ToArray());

    private static float[] Table(FaceMeasurements measurements)
    {
        var count = measurements.Landmarks.Count;
        return FrameImage.Values(cat(
        [
            measurements.Landmarks.Found.to(ScalarType.Float32).cpu().view(count, 1), .. new[] { measurements.Landmarks, measurements.Angles, measurements.Identity, measurements.Units }
                .Select(part => part.Values.to(ScalarType.Float32).cpu().reshape(count, -1)),
        ], 1));
    }

    // The measurements go to the scope around the caller's.
    private FaceMeasurements Measurements(float[] rows, int count)
    {
        var table = tensor(rows, [count, Length]);
        var first = 1L;
        return new FaceMeasurements(
            Next(Landmarks68.Count * 2, count, Landmarks68.Count, 2), Next(AngleCount, count, AngleCount), Next(FaceDescriptor.Length, count, FaceDescriptor.Length),
            Next(_units, count, _units));

        FoundValues Next(int length, params long[] shape)
        {
            var part = table.narrow(1, first, length).contiguous().view(shape);
            first += length;
            return new FoundValues(part, table.select(1, 0).gt(0)).MoveToOuterDisposeScope();
        }
    }
}
