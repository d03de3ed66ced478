using PECHead.Research.Observation;

namespace PECHead.Research.Training;

/// <summary>What a step of training looks at: T adjacent frames of N sources, and as many driving frames of the same people.</summary>
/// <param name="Source">T batches of N frames, in the order of time.</param>
/// <param name="Driving">T batches of N frames, to be reconstructed.</param>
/// <remarks><b>Paper:</b> PECHead, Sec. 3: two sequences of one subject, with equal numbers of adjacent frames.</remarks>
public sealed record TrainingSample(IReadOnlyList<FaceObservation> Source, IReadOnlyList<FaceObservation> Driving);
