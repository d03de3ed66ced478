namespace PECHead.Experiments.Tests;

/// <summary>A test that needs <see cref="NpmPackages"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FaceFactAttribute : FactAttribute
{
    public FaceFactAttribute() => Skip = NpmPackages.Missing;
}
