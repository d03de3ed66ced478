using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Memory;

/// <summary>Native memory: bounded for code that forgets to dispose, flat for code that does not.</summary>
public sealed class ResidentMemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void A_loop_that_never_disposes_stays_within_a_few_gigabytes()
    {
        var largest = 0L;
        for (var i = 0; i < 60; i++)
        {
            Forget();
            largest = Math.Max(largest, Resident());
        }
        Assert.True(largest < 3000 * Megabyte, $"{largest / Megabyte} MB resident for tensors of 200 MB that nobody holds");

        static void Forget() => _ = zeros(50 * Megabyte);
    }

    [Fact]
    public void A_training_loop_keeps_resident_memory_and_the_count_of_live_tensors_flat()
    {
        using var net = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding: 1), nn.BatchNorm2d(16), nn.ReLU(inplace: true), nn.Conv2d(16, 16, 3, padding: 1), nn.LeakyReLU(), nn.Conv2d(16, 3, 1), nn.Sigmoid());
        using var optimizer = optim.Adam(net.parameters());
        using var images = rand(4, 3, 32, 32);
        double first = 0, last = 0;
        for (var i = 0; i < 100; i++) last = Step();
        var (warm, live) = (Settled(), DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        for (var i = 0; i < 300; i++)
        {
            last = Step();
            if (i == 0) first = last;
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        var end = Settled();
        Assert.True(end < warm * 1.03, $"{warm / Megabyte} MB after 100 steps, {end / Megabyte} MB after 400");
        Assert.True(last < first, $"the loss went from {first} to {last}");

        double Step()
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(net.call(images), images);
            loss.backward();
            optimizer.step();
            return loss.ToDouble();
        }
    }

    [Fact]
    public void Views_gradients_and_lists_leave_no_native_bytes_behind()
    {
        var before = PECHead.Torch.Memory.NativeBytes.Live;
        using (NewDisposeScope())
        {
            var image = rand([4L, 3L, 64L, 64L], requires_grad: true);
            foreach (var part in image.chunk(2)) part.pow(2).sum().backward();
            foreach (var part in meshgrid([rand(8), rand(8)])) part.contiguous();
            image.grad!.max(1);
        }
        using (var parameter = new Parameter(rand(100, 100)))
        {
            Assert.Equal(before + 40_000, PECHead.Torch.Memory.NativeBytes.Live);
        }
        var handle = rand(100).DecoupleFromNativeHandle();
        Assert.Equal(before, PECHead.Torch.Memory.NativeBytes.Live);
        Tensor.UnsafeCreateTensor(handle).Dispose();
        Assert.Equal(before, PECHead.Torch.Memory.NativeBytes.Live);
    }

    [Fact]
    public void Generators_that_are_disposed_or_forgotten_release_their_state()
    {
        // The first round shows how much the allocator keeps for itself; five kilobytes each, the second would add 100 MB.
        Round();
        var before = Settled();
        Round();
        var after = Settled();
        Assert.True(after < before + (20 * Megabyte), $"{before / Megabyte} MB before, {after / Megabyte} MB after");

        static void Round()
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (i % 2 == 0) new Generator((ulong)i).Dispose();
                else _ = new Generator((ulong)i);
            }
        }
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Resident();
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
