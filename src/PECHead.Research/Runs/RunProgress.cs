namespace PECHead.Research.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps of the whole run; 0 while the first steps still measure how many fit.</param>
/// <param name="Seconds">Time spent training, before an interruption included.</param>
public sealed record RunProgress(int Step, int TotalSteps, double Seconds);
