namespace PECHead.Research.Tests.Training;

/// <summary>Tests that look at the whole process (its memory, its default generator) run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
