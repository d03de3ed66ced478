using System.Globalization;

namespace PECHead.Research.Tests.Robustness;

/// <summary>The test assembly as a program: what may end the process runs in one of its own.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [Sweep.Argument, var from]) return 2;
        Sweep.Run(int.Parse(from, CultureInfo.InvariantCulture));
        return 0;
    }
}
