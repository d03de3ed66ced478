using System.Net;
using System.Text;
using PECHead.Research.Animation;
using PECHead.Studio.Views;
using static TorchSharp.torch;

namespace PECHead.Studio.Tests;

/// <summary>What is told where a request is damaged, or a model cannot do what a view asks for.</summary>
public sealed class RefusalTests(StudioFixture fixture) : IClassFixture<StudioFixture>, IDisposable
{
    private readonly HttpClient _client = new();

    public void Dispose() => _client.Dispose();

    [StudioFact]
    public async Task Numbers_come_for_the_models_that_made_a_picture_also_where_others_refuse_the_pose()
    {
        await using var server = await StudioFixture.Start(models: ["fomm", "kp", "lia", "lmk"]);
        await using var talk = await Talk.Open(server);
        await talk.Pose(["fomm", "kp", "lia", "lmk"], new() { ["yaw"] = 12 });
        var numbers = (await talk.Next("numbers"))["numbers"]!.AsArray();
        Assert.Equal(["kp", "lmk"], numbers.Select(one => (string)one!["model"]!));
        Assert.Equal(0, (double)numbers[0]!["difference"]!);
        Assert.InRange((double)numbers[1]!["difference"]!, 0.0001, 0.2);
    }

    [StudioFact]
    public async Task Lines_hold_what_the_picture_is_made_of_and_no_slider_of_another_model()
    {
        await using var server = await StudioFixture.Start(models: ["lia", "full"]);
        async Task<(HttpStatusCode Status, string Text)> Lines(string model, string values)
            => await Post(server, "lines", $$"""{"photograph":"franck","models":["{{model}}"],"values":{{values}}}""");
        var full = await Lines("full", """{"yaw":10.999985561575942,"smile":0.3333333,"direction_3":1}""");
        Assert.Contains("new FaceEdit { Yaw = 11 }.With(\"smile\", 0.3333);", full.Text, StringComparison.Ordinal);
        var lia = await Lines("lia", """{"smile":0.5,"direction_3":1.25}""");
        Assert.Contains("new FaceEdit().With(\"direction_3\", 1.25);", lia.Text, StringComparison.Ordinal);
        Assert.Empty(Compiled.Errors(lia.Text));
        foreach (var refused in new[] { await Lines("full", """{"yaw":1e308}"""), await Lines("lia", """{"yaw":10}"""), await Lines("full", """{"smile":3}""") })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
    }

    [Fact]
    public void Lines_name_the_device_where_it_is_not_the_processor()
    {
        string Of(Device? device) => CodeLines.Of(new FaceEdit(), whole: false, "runs/mine", "me.jpg", new StudioOptions { Models = [], Device = device });
        Assert.Contains("\"data\", device: new TorchSharp.torch.Device(\"cuda:1\"), precision:", Of(new Device("cuda:1")), StringComparison.Ordinal);
        Assert.Empty(Compiled.Errors(Of(new Device("cuda:1"))));
        Assert.DoesNotContain("device:", Of(CPU) + Of(null), StringComparison.Ordinal);
    }

    [StudioFact]
    public async Task A_request_that_is_not_understood_is_refused_in_plain_words()
    {
        foreach (var path in new[] { "picture", "film", "lines" })
        {
            foreach (var (body, expected) in new[]
            {
                ("{", "not understood"), ("", "not understood"), ("null", "empty"), ("""{"photograph":"franck","models":null}""", "'models' is null"),
                ("""{"photograph":null,"models":["kp"]}""", "'photograph' is null"), ("""{"photograph":"franck","models":["kp"],"values":null}""", "'values' is null"),
                ("""{"photograph":"franck","models":["kp"],"values":{"yaw":"much"}}""", "'values.yaw'"), ("""{"photograph":"franck","models":[]}""", "No model is chosen"),
                ("""{"photograph":"franck","models":[null]}""", "no model"), ("""{"photograph":"franck","models":["kp"],"values":{"yaw":1e308}}""", "[-90, 90]"),
            })
            {
                var (status, text) = await Post(fixture.Server, path, body);
                Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
                Plain(expected, text);
            }
        }
    }

    [StudioFact]
    public async Task A_message_that_is_not_understood_keeps_its_number_and_is_answered_in_plain_words()
    {
        await using var talk = await Talk.Open(fixture.Server);
        foreach (var (text, expected) in new[]
        {
            ("""{"id":41,"kind":"pose","view":null}""", "'view' is null"), ("""{"id":41,"kind":"perform","performance":null}""", "'performance' is null"),
            ("""{"id":41,"kind":"pose","view":{"models":7}}""", "'view.models'"), ("""{"id":41,"kind":null}""", "'kind' is null"), ("""{"id":41,"kind":"po""", "not understood"),
            ("""{"id":41,"kind":"perform","view":{"photograph":"cap12","models":["kp"]},"performance":{"mode":null}}""", "'performance.mode' is null"),
        })
        {
            await talk.Send(text);
            var error = await talk.Next("error");
            Assert.Equal(41, (long)error["id"]!);
            Plain(expected, (string)error["message"]!);
        }
    }

    [StudioFact]
    public async Task A_socket_that_is_asked_for_as_a_page_says_what_it_is()
    {
        var answer = await _client.GetAsync(new Uri($"{fixture.Server.Address}socket?token={StudioFixture.Token}"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Plain("WebSocket", await answer.Content.ReadAsStringAsync());
    }

    private static void Plain(string expected, string text)
    {
        Assert.Contains(expected, text, StringComparison.Ordinal);
        foreach (var word in new[] { "PECHead", "System.", "Exception", "cannot be null", "bug" }) Assert.DoesNotContain(word, text, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Text)> Post(StudioServer server, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await _client.PostAsync(new Uri($"{server.Address}{path}?token={StudioFixture.Token}"), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
