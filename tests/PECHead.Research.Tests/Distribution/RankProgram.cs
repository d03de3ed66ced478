using System.Globalization;
using System.Text;
using PECHead.Research.Distribution;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Distribution;

/// <summary>What each rank does when the test assembly runs as a program under a launcher.</summary>
internal static class RankProgram
{
    public const string Argument = "ranks";

    private const int Batch = 6, Steps = 20;

    public static void Run(string work, string folder)
    {
        set_num_threads(1);
        using var world = World.Join();
        switch (work)
        {
            case "speak":
                File.WriteAllText(Path.Combine(folder, $"{world.Rank}.txt"), Speak(world));
                break;
            case "narrow":
                using (var values = NarrowValues(world.Rank))
                {
                    world.NarrowMean(values);
                    File.WriteAllBytes(Path.Combine(folder, $"{world.Rank}.bin"), values.bytes.ToArray());
                }
                break;
            case "train":
                var weights = Train(world);
                if (world.IsFirst) File.WriteAllBytes(Path.Combine(folder, "weights.bin"), weights);
                break;
            case "fail":
                // The last rank ends the others, who wait for it.
                if (world.Rank == world.Size - 1) world.Abort(7);
                world.Barrier();
                break;
        }
    }

    /// <summary>What a rank gives to the mean in brain floats: not as many numbers as there are ranks, or a multiple.</summary>
    public static Tensor NarrowValues(int rank)
    {
        using var random = new Generator((ulong)(rank + 5));
        return randn([1001], generator: random).to(ScalarType.BFloat16);
    }

    private static string Speak(World world)
    {
        var (one, many) = (full([2], world.Rank + 1.0, ScalarType.Float64), arange(5, ScalarType.Float32) * (world.Rank + 1));
        world.Sum(one);
        world.Mean(many);
        var first = full([3], world.Rank + 5.0);
        world.Broadcast(first);
        double[] numbers = [world.Rank, 10 * world.Rank];
        world.Mean(numbers);
        world.Barrier();
        var parts = world.Gather(Encoding.UTF8.GetBytes(new string((char)('a' + world.Rank), world.Rank + 1)));
        return string.Join(' ', new object[]
        {
            world.Engine.Replace(" ", "", StringComparison.Ordinal), world.Rank, world.Size, world.LocalRank, one[1].ToDouble(), many[4].ToDouble(), first[2].ToDouble(), numbers[0], numbers[1],
            world.Any(world.Rank == 1), world.Any(false), world.FromFirst(world.Rank + 3.5), parts is null ? "-" : string.Join(',', parts.Select(part => Encoding.UTF8.GetString(part))),
        }.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
    }

    // Float64, plain gradient descent, batch normalisation in training mode: the whole batch is the same whatever the ranks.
    private static byte[] Train(World world)
    {
        using var scope = NewDisposeScope();
        var config = TinyConfigs.For(AblationSettings.Mmfa);
        using var model = PecHeadFactory.Create(config, seed: 3);
        model.to(ScalarType.Float64).train();
        SynchronizedNorms.Attach(model, world);
        using var optimizer = optim.SGD(model.parameters(), 0.01);
        using var random = new Generator(9);
        for (int step = 0; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            var (source, driving) = (Share(TinyConfigs.Frame(config, Batch, random), world), Share(TinyConfigs.Frame(config, Batch, random), world));
            optimizer.zero_grad();
            var generated = model.Animate(model.EncodeSource(source), driving);
            (generated.Image - driving.Image).square().mean().backward();
            GradientExchange.Average(model.parameters(), world);
            optimizer.step();
        }
        return [.. model.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => entry.Value.to(ScalarType.Float64).contiguous().bytes.ToArray())];
    }

    private static FaceFrame Share(FaceFrame frames, World world)
    {
        long share = Batch / world.Size, first = share * world.Rank;
        Tensor Own(Tensor all) => all.narrow(0, first, share).to(ScalarType.Float64);
        var face = frames.Face!;
        return new FaceFrame(Own(frames.Image), new FaceState(new(Own(face.Landmarks.Positions)), Own(face.Pose), Own(face.Expression)));
    }
}
