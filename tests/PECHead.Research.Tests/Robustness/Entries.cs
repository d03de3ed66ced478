namespace PECHead.Research.Tests.Robustness;

/// <summary>A valid call of every public entry that takes tensors.</summary>
internal static class Entries
{
    public static IReadOnlyList<Entry> All { get; } =
        [.. MotionEntries.All, .. LossEntries.All, .. MetricEntries.All, .. FaceEntries.All, .. ModelEntries.All, .. PictureEntries.All];

    private const string Published = "needs published weights; its frames are checked by the same guard as those of the entries here";

    /// <summary>Entries without a call here, and why.</summary>
    public static IReadOnlyDictionary<string, string> NotCalled { get; } = new Dictionary<string, string>
    {
        ["FusedAdam.step(closure)"] = "takes a function, no tensor",
        ["WeightFolder.Build(build)"] = "takes a function, no tensor",
        ["WeightFolder.TryBuild(build)"] = "takes a function, no tensor",
        ["FaceMeasurer.Recall(frames)"] = Published,
        ["FaceMeasurer.Measure(frames)"] = Published,
        ["FaceMeasurements.Of()"] = "slices what a reader returned",
        ["FaceNetworks.Find(frames)"] = Published,
        ["FaceNetworks.Describe(frames, found)"] = Published,
        ["FaceMeshes.FromPixelCentres()"] = "its points come from the networks",
        ["TalkingHeadModel.Transfer(source, driving, first)"] = "hands the driving motion back",
        ["TalkingHeadModel.Align(source, motion)"] = "hands the motion back",
        ["PosedPortrait.Generate(motion)"] = "hands the motion to SourceAnimation.Next, which is called here",
        ["FaceMeshes.ScoreTensor()"] = "reads no tensor",
        ["FaceObserver.Observe(frames)"] = Published,
        ["FaceObserver.Describe(observation)"] = Published,
        ["FaceDescriptor.Describe(frames)"] = Published,
        ["FaceDetector.Detect(frames)"] = Published,
        ["FaceMesh.Find(frames)"] = Published,
        ["FaceMesh.Follow(frames)"] = Published,
        ["FaceTracker.Track(frames)"] = Published,
        ["RecognizerFeatures.forward(input)"] = Published,
        ["BfmReconstructor.Reconstruct(frames)"] = Published,
        ["BfmReconstructor.Fit(frames, found)"] = Published,
        ["BfmReconstructor.Landmarks(coefficients)"] = Published,
        ["BfmReconstructor.Points(coefficients)"] = Published,
        ["BfmReconstructor.Mirror(coefficients)"] = Published,
        ["OpenFaceFeatures.forward(input)"] = Published,
        ["VideoFeatures.forward(input)"] = "takes seconds a call; its clips are checked by the same guard as the frames of InceptionFeatures",
        ["FaceMeshes.Found()"] = "reads no tensor",
        ["IdentityFeatures.FromStateDict(weights)"] = "copies by name and shape, as Raft.FromStateDict",
        ["InceptionFeatures.FromStateDict(weights)"] = "copies by name and shape, as Raft.FromStateDict",
        ["OpenFaceFeatures.FromStateDict(weights)"] = "copies by name and shape, as Raft.FromStateDict",
        ["VideoFeatures.FromStateDict(weights)"] = "copies by name and shape, as Raft.FromStateDict",
        ["Vgg19Features.FromStateDict(weights)"] = "copies by name and shape, as Raft.FromStateDict",
        ["PerceptualDistance.FromStateDicts(backbone, linear)"] = "copies by name and shape, as Raft.FromStateDict",
    };
}
