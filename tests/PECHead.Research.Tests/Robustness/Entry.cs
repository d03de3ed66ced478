namespace PECHead.Research.Tests.Robustness;

/// <summary>A public entry with a valid call of it.</summary>
/// <param name="Name">As <see cref="PublicSurface"/> names it.</param>
/// <param name="Call">Calls it with the tensors of a probe.</param>
/// <param name="Every">Of the spoilt calls, every how many are made: more than 1 for slow ones.</param>
internal sealed record Entry(string Name, Func<Probe, object?> Call, int Every = 1);
