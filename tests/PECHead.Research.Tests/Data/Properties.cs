using FsCheck;

namespace PECHead.Research.Tests.Data;

internal static class Properties
{
    /// <summary>Checks with the same cases in every run, so that a failure can be met again.</summary>
    public static void CheckFixed(this Property property, int cases = 200) =>
        Check.One(Config.QuickThrowOnFailure.WithReplay(20230618, 1).WithMaxTest(cases), property);
}
