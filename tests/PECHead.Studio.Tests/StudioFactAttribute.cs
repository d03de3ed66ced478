using PECHead.Experiments.Tests;

namespace PECHead.Studio.Tests;

/// <summary>A test that needs the face networks.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StudioFactAttribute : FactAttribute
{
    public StudioFactAttribute() => Skip = NpmPackages.Missing;
}

/// <summary>A test that opens the page in a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PageFactAttribute : FactAttribute
{
    public PageFactAttribute() => Skip = NpmPackages.Missing ?? Chromium.Missing;
}
