using PECHead.Research.Training;

namespace PECHead.Research.Ablation;

/// <summary>What an ablation is at.</summary>
/// <param name="Run">Setting, seed and stage.</param>
/// <param name="Done">Finished runs.</param>
/// <param name="Count">All runs of the plan.</param>
/// <param name="Training">The present step; null while a run is evaluated or was there already.</param>
public sealed record AblationProgress(string Run, int Done, int Count, TrainingProgress? Training);
