using System.Globalization;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Experiments.FaceModels;

/// <summary>Reconstruction error of a model that has not seen a fifth of the frames and of the people.</summary>
internal static class FaceModelMeasurement
{
    /// <summary>Builds without the left-out part and measures on it.</summary>
    /// <returns>Lines of text: what was fitted, and the mean errors.</returns>
    public static IReadOnlyList<string> Run(FaceModelBuilder builder, FaceMeshSamples samples)
    {
        using var scope = NewDisposeScope();
        var (train, held) = samples.Split();
        using var model = builder.Build(train.Clips, train.Portraits);
        using var weights = tensor(CanonicalFace.RigidWeights());
        using var fit = new FaceModelFit(model, weights, builder.Fit);
        using var rigid = new FaceModelFit(model, weights, builder.Fit with { Ridge = 1e9 });

        var rows = new List<string>();
        foreach (var (clip, known) in held.Clips.Zip(train.Clips))
        {
            var person = fit.Fit(known.Meshes, ones(known.Meshes.size(0))).WithMeanIdentity().Identity.narrow(0, 0, 1);
            rows.Add(Row($"{clip.Person}, left-out frames, mean face", rigid, clip.Meshes, null));
            rows.Add(Row($"{clip.Person}, left-out frames, each by itself", fit, clip.Meshes, null));
            rows.Add(Row($"{clip.Person}, left-out frames, identity of the clip", fit, clip.Meshes, person));
        }
        rows.Add(Row("left-out people, mean face", rigid, held.Portraits, null));
        rows.Add(Row("left-out people", fit, held.Portraits, null));
        return rows;

        string Row(string name, FaceModelFit fitted, Tensor meshes, Tensor? identity)
        {
            using var inner = NewDisposeScope();
            var error = FaceModelError.Of(model, meshes, fitted.Fit(meshes, ones(meshes.size(0)), identity));
            return string.Create(CultureInfo.InvariantCulture,
                $"{name}: landmarks {error.LandmarkMillimetres:0.00} mm, mesh {error.MeshMillimetres:0.00} mm, landmarks in the frame {error.LandmarkPlane:0.00} px");
        }
    }
}
