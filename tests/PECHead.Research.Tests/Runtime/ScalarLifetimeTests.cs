using System.Runtime.CompilerServices;
using TorchSharp;

namespace PECHead.Research.Tests.Runtime;

/// <summary>A number on its way to libtorch is not freed by the first collection that finds nobody holding it: build/torchsharp-scalars says why.</summary>
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void A_scalar_outlives_one_finalisation_and_is_freed_by_the_next()
    {
        var scalar = Forgotten();
        Finalize();
        Assert.True(scalar.IsAlive, "the build did not exchange TorchSharp.dll");
        Finalize();
        GC.Collect();
        Assert.False(scalar.IsAlive);

        static void Finalize()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten()
    {
        Scalar scalar = 1.5;
        return new WeakReference(scalar, trackResurrection: true);
    }
}
