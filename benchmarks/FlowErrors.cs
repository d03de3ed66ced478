using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Flow;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>
/// End-point errors on portraits bent by known affine maps and thin-plate splines, beside scikit-image's two dense
/// estimators on the very same frames.
/// </summary>
internal static class FlowErrors
{
    private const string Python = "/usr/bin/python3";
    private const int Side = 128;

    private static readonly (string Name, double Affine, double Coefficient)[] Motions =
        [("small", 0.01, 0.001), ("medium", 0.03, 0.003), ("large", 0.05, 0.005)];

    public static int Run()
    {
        using var scope = NewDisposeScope();
        var portraits = Portraits();
        Console.WriteLine("| motion | mean length | ours | skimage ILK | skimage ILK, Gaussian and prefilter | skimage TV-L1 |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (name, affine, coefficient) in Motions)
        {
            var (current, truth, valid) = Bend(portraits, affine, coefficient);
            double Error(Tensor flow) => FlowField.EndPointError(flow, truth, valid).mean().ToDouble();
            var clock = Stopwatch.StartNew();
            var flow = new PyramidalLucasKanade().Estimate(current, portraits);
            Console.Error.WriteLine($"{name}: {clock.Elapsed.TotalMilliseconds / portraits.size(0):0} ms a frame");
            var peer = Peer(new() { ["current"] = current, ["previous"] = portraits, ["truth"] = truth, ["valid"] = valid });
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Error(zeros_like(truth)):0.00} | {Error(flow):0.000} | {peer["ilk"]:0.000} | {peer["ilk_gaussian"]:0.000} | {peer["tvl1"]:0.000} |"));
        }
        return 0;
    }

    private static (Tensor Current, Tensor Truth, Tensor Valid) Bend(Tensor frames, double affine, double coefficient)
    {
        var config = new ThinPlateSplineConfig { AffineDeviation = affine, CoefficientDeviation = coefficient };
        var bend = ThinPlateSpline.Random(frames.size(0), config, new Generator(0), CPU);
        var grid = CoordinateGrid.Create(Side, Side, ScalarType.Float32, CPU);
        var deformation = bend.Apply(grid.reshape(1, -1, 2)).reshape(-1, Side, Side, 2);
        return (bend.Warp(frames), (deformation - grid) * ((Side - 1) / 2.0), deformation.abs().amax([-1]).le(1).to(ScalarType.Float32));
    }

    private static Tensor Portraits()
    {
        var root = PeerProgram.Repository;
        var manifest = ManifestReader.Read(Path.Combine(root, "data-manifests", "talking-face.yaml"));
        return stack([.. manifest.Portraits.Select(portrait => ImageFile.ReadSquare(
                Path.Combine(root, "data", "npm", "node_modules", portrait.File), Side, portrait.Crop))
            .Select(image => tensor(image.GetBuffer()).reshape(Side, Side, 3).permute(2, 0, 1).to(ScalarType.Float32) / 255)]);
    }

    private static Dictionary<string, double> Peer(Dictionary<string, Tensor> tensors)
    {
        var file = Path.GetTempFileName();
        try
        {
            StateDict.Save(file, tensors);
            return PeerProgram.Report(Python, [PeerProgram.Script("flow_errors.py"), file]).AsObject()
                .Where(entry => entry.Value is JsonValue value && value.TryGetValue<double>(out _))
                .ToDictionary(entry => entry.Key, entry => entry.Value!.GetValue<double>());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
