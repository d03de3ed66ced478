namespace PECHead.Experiments.Tests;

/// <summary>A test with parameters that needs <see cref="NpmPackages"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FaceTheoryAttribute : TheoryAttribute
{
    public FaceTheoryAttribute() => Skip = NpmPackages.Missing;
}
