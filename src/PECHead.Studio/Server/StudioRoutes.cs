using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PECHead.Research.Models;
using PECHead.Studio.Models;
using PECHead.Studio.Views;

namespace PECHead.Studio.Server;

/// <summary>What is asked for once, and not at every move of a slider.</summary>
internal static class StudioRoutes
{
    private const double LeastAmount = -1;
    private const double MostAmount = 1.5;

    /// <summary>Adds the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, Workshop studio)
    {
        routes.MapGet("/", () => PageFiles.Find("index.html"));
        routes.MapGet("/{file}", (string file) => PageFiles.Find(file));
        routes.MapGet("/studio", () => new
        {
            models = studio.Options.Models.Select(model => new { model.Name, model.Title }),
            shown = studio.Options.Shown.Count > 0 ? studio.Options.Shown : [studio.Options.Models[0].Name],
            samples = studio.Photographs.SampleList.Select(sample => new { sample.Id, sample.Title }),
            settings = AblationSettings.All.Select(setting => setting.Id).Where(id => studio.Options.Models.Any(model => model.Name == id)),
            largestUpload = Photographs.LargestUpload,
        });
        routes.MapGet("/models/{name}", (string name) => Answered(async () => Results.Json(await studio.Worker(name).Run(Describe), Wire.Json)));
        routes.MapPost("/photographs", (HttpRequest request, string? name) => Answered(async () =>
        {
            using var content = new MemoryStream();
            await request.Body.CopyToAsync(content);
            var photograph = studio.Photographs.Add(name ?? "", content.ToArray());
            // A face is looked for at once, so that a picture without one is told of here.
            try
            {
                await studio.Worker(studio.Options.Models[0].Name).Run(stage => stage.Source(photograph));
            }
            catch
            {
                studio.Photographs.Remove(photograph);
                throw;
            }
            return Results.Json(new { photograph.Id, photograph.Title }, Wire.Json);
        }));
        routes.MapGet("/photographs/{id}", (string id, string? model) => Answered(async () =>
        {
            var photograph = studio.Photographs[id];
            return Results.Bytes(await studio.Worker(model ?? studio.Options.Models[0].Name).Run(stage => stage.Square(photograph)), "image/jpeg");
        }));
        routes.MapPost("/picture", (HttpRequest request) => Answered(async () => Results.Bytes(await Run(studio, await Read(request), Kept.Picture), "image/png")));
        routes.MapPost("/film", (HttpRequest request) => Answered(async () =>
        {
            var view = await Read(request);
            var path = Path.Combine(studio.Folder, Guid.NewGuid().ToString("n") + ".mp4");
            await Run(studio, view, (stage, photograph, shown) =>
            {
                Kept.Film(stage, photograph, shown, path);
                return path;
            });
            return Results.Stream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose), "video/mp4");
        }));
        routes.MapPost("/lines", (HttpRequest request) => Answered(async () => Results.Text(await Run(studio, await Read(request), (stage, photograph, view) =>
        {
            var upload = !studio.Photographs.SampleList.Contains(photograph);
            return CodeLines.Of(stage.Edit(photograph, view), view.Whole, stage.Model.Path, upload ? photograph.Title : photograph.Path, studio.Options);
        }))));
        routes.MapGet("/recordings/{id:guid}", (Guid id) => Path.Combine(studio.Folder, $"{id:n}.mp4") is var path && File.Exists(path)
            ? Results.File(path, "video/mp4", "performance.mp4", enableRangeProcessing: true)
            : Results.NotFound());
    }

    // What the page makes controls of.
    private static object Describe(ModelStage stage) => new
    {
        size = stage.Head.ImageSize,
        modes = stage.Head.Modes.Select(Modes.Name),
        sliders = stage.Head.Sliders is { Count: > 0 } own ? own : stage.Head.Expressions.Select(name => new MotionSlider(name, LeastAmount, MostAmount, "")),
    };

    // Not by the framework: what it does not understand it refuses without a word.
    private static async Task<View> Read(HttpRequest request)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content);
        var view = Wire.Read<View>(content.ToArray());
        view.Check();
        return view;
    }

    private static Task<T> Run<T>(Workshop studio, View view, Func<ModelStage, Photograph, View, T> work)
    {
        var photograph = studio.Photographs[view.Photograph];
        return studio.Worker(view.FirstModel).Run(stage => work(stage, photograph, view));
    }

    private static async Task<IResult> Answered(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (BadHttpRequestException failure)
        {
            return Results.Text(
                failure.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The file is too large: the studio takes {Photographs.LargestUpload >> 20} MB." : "The request did not come whole. Try again.",
                statusCode: failure.StatusCode);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Results.Text(Failure.Describe(failure), statusCode: Failure.IsUsers(failure) ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status500InternalServerError);
        }
    }
}
