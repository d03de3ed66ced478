using System.Globalization;
using PECHead.Research.Tests.Distribution;
using PECHead.Research.Tests.Models;

namespace PECHead.Research.Tests.Robustness;

/// <summary>
/// The test assembly as a program. What may end the process runs in one of its own, and
/// <c>dotnet run --project tests/PECHead.Research.Tests -c Release -- state-dicts</c> prints what Models/state-dicts.txt is to hold.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case [Sweep.Argument, var from]:
                Sweep.Run(int.Parse(from, CultureInfo.InvariantCulture));
                return 0;
            case [RankProgram.Argument, var work, var folder]:
                RankProgram.Run(work, folder);
                return 0;
            case [StateDictList.Argument]:
                StateDictList.Write(Console.Out);
                return 0;
            default:
                return 2;
        }
    }
}
