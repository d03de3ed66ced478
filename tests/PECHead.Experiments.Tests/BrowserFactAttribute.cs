namespace PECHead.Experiments.Tests;

/// <summary>A test that needs <see cref="Browser"/>; skipped, and counted as such, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Missing;
}
