using System.CommandLine;
using System.Globalization;
using PECHead.Experiments.FaceModels;
using PECHead.Research.Evaluation;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead fit-face-model</c>: the embedded shape model, from meshes of the videos and portraits of the npm packages.</summary>
internal static class FitFaceModelCommand
{
    public static Command Create()
    {
        var defaults = new FaceModelBuilder();
        var output = new Option<string>("--out") { Description = "The model to make.", DefaultValueFactory = _ => "mesh-face-model.safetensors" };
        var plot = new Option<string?>("--plot") { Description = "Also draw every expression direction into this file: .svg, .png or .pdf." };
        var meshes = new Option<string?>("--meshes") { Description = "File of meshes; made when it is missing. Default: <data>/face-meshes.safetensors." };
        var identity = Numbers.Whole("--identity", "Identity coefficients.", defaults.IdentitySize);
        var expression = Numbers.Whole("--expression", "Expression coefficients.", defaults.ExpressionSize);
        var ridge = Numbers.Number("--ridge", FormattableString.Invariant($"Ridge of the fit in cm². Default: {defaults.Fit.Ridge}."), 0);
        var package = new Option<string>("--package")
        {
            Description = "Folder with the package.json that pins the npm packages.",
            DefaultValueFactory = _ => Path.Combine("data-manifests", "npm"),
        };
        var data = CommonOptions.DataFolder();
        var command = new Command("fit-face-model", "Make the embedded linear face model: principal components of people and of expressions, measured on frames and people left out.")
        {
            output, plot, meshes, identity, expression, ridge, package, data,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Fit(
            new FaceModelBuilder
            {
                IdentitySize = parsed.GetValue(identity),
                ExpressionSize = parsed.GetValue(expression),
                Fit = new FaceFitConfig { Ridge = parsed.GetValue(ridge) ?? defaults.Fit.Ridge },
            },
            parsed.GetValue(meshes) ?? Path.Combine(parsed.GetValue(data)!, "face-meshes.safetensors"),
            parsed.GetValue(data)!, parsed.GetValue(package)!, parsed.GetValue(output)!, parsed.GetValue(plot), cancellation)));
        return command;
    }

    private static int Fit(FaceModelBuilder builder, string meshFile, string data, string package, string output, string? plot, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        if (!File.Exists(meshFile))
            FaceMeshCollection.Collect(meshFile, data, package, cancellation);
        var samples = FaceMeshSamples.Load(meshFile);
        Console.WriteLine($"{meshFile}: {samples.Clips.Sum(clip => clip.Meshes.size(0))} frames of {samples.Clips.Select(clip => clip.Person).Distinct().Count()} people in {samples.Clips.Count} videos, {samples.Portraits.size(0)} portraits");

        var rows = FaceModelMeasurement.Run(builder, samples);
        foreach (var row in rows)
            Console.WriteLine(row);
        using var model = builder.Build(samples.Clips, samples.Portraits);
        FaceModelFile.Save(output, model, new Dictionary<string, string>
        {
            ["recipe"] = string.Create(CultureInfo.InvariantCulture, $"pechead fit-face-model --identity {builder.IdentitySize} --expression {builder.ExpressionSize} --ridge {builder.Fit.Ridge}"),
            ["sources"] = FaceMeshCollection.Sources,
            ["samples"] = $"{samples.Clips.Sum(clip => clip.Meshes.size(0))} frames of {samples.Clips.Count} videos, {samples.Portraits.size(0)} portraits",
            ["measured"] = string.Join("; ", rows),
            ["unit"] = "cm; a coefficient of 1 is one standard deviation",
        });
        Console.WriteLine($"model:   {output}");
        if (plot is not null)
        {
            new ExpressionFigure(model).Save(plot);
            Console.WriteLine($"picture: {plot}");
        }
        return 0;
    }
}
