namespace PECHead.Research.Training;

/// <summary>What a trainer reports after each step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps of the whole run; 0 while that is being measured.</param>
/// <param name="SecondsPerStep">Recent pace.</param>
/// <param name="Losses">The total and its terms.</param>
/// <param name="Parts">Seconds of the parts of the step: data, people (virtual identities), forward, loss, backward, update.</param>
public sealed record TrainingProgress(int Step, int TotalSteps, double SecondsPerStep, IReadOnlyDictionary<string, double> Losses, IReadOnlyDictionary<string, double> Parts);
