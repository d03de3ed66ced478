using System.Diagnostics;
using PECHead.Research.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace PECHead.Research.Tests.Data;

/// <summary>A video is frames in time, with the shape and the colours that a screen would show.</summary>
public sealed class PhoneVideosTests : IDisposable
{
    private const string Flash = "color=black:size=64x48:rate=30:duration=4,drawbox=color=white:t=fill:enable='between(t,2,2.2)'";
    private const string Beep = "sine=frequency=1000:duration=4,volume=0:enable='not(between(t,2,2.2))'";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("v.mp4", "libx264", 30.0)]
    [InlineData("v.mov", "mpeg4", 30.0)]
    [InlineData("v.mkv", "libx264", 30.0)]
    [InlineData("v.webm", "libvpx", 30.0)]
    public void A_rate_that_varies_becomes_constant_in_step_with_the_sound(string name, string codec, double rate)
    {
        // The first second at 30 frames/s, then every fifth frame: what a phone does in the dark.
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Flash, "-f", "lavfi", "-i", Beep, "-vf", "select='if(lt(t,1),1,not(mod(n,5)))'", "-fps_mode", "vfr", "-c:v", codec, "-c:a", name == "v.webm" ? "libopus" : "aac", _folder[name]]);
        var info = VideoInfo.Probe(_folder[name]);
        Assert.Equal(rate, info.Rate, 1);
        Assert.InRange(info.FrameCount, 115, 121);
        Assert.Contains("the frame rate varies", Assert.Single(info.Notes), StringComparison.Ordinal);
        Assert.InRange(FirstBright(_folder[name]) / info.Rate, 1.96, 2.04);

        Copy(_folder[name], _folder["out.mp4"]);
        Assert.InRange(FirstBright(_folder["out.mp4"]) / info.Rate, 1.96, 2.04);
        Assert.InRange(FirstLoud(_folder["out.mp4"]), 1.96, 2.06);
    }

    [Fact]
    public void A_rate_that_a_container_guesses_counts_only_where_the_frames_have_it()
    {
        // Matroska states no rate, and what ffprobe says instead fits no interval.
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Flash.Replace("rate=30:duration=4", "rate=24:duration=2", StringComparison.Ordinal), "-vf", "select='if(lt(t,1),1,not(mod(n,5)))'", "-fps_mode", "vfr", "-c:v", "libx264", _folder["v.mp4"]]);
        SyntheticMedia.Ffmpeg(["-i", _folder["v.mp4"], "-c", "copy", _folder["v.mkv"]]);
        var (mp4, mkv) = (VideoInfo.Probe(_folder["v.mp4"]), VideoInfo.Probe(_folder["v.mkv"]));
        Assert.Equal(24, mp4.Rate, 3);
        Assert.InRange(mkv.Rate, 23.5, 24.5);
        Assert.InRange(mkv.FrameCount, mp4.FrameCount - 1, mp4.FrameCount + 1);
    }

    [Fact]
    public void Two_cameras_in_one_picture_are_read_at_a_rate_of_one_camera()
    {
        // A frame whenever either shows one: pairs a moment apart.
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=1", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", "-filter_complex", "hstack", "-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-c:v", "libx264", _folder["two.mkv"]]);
        var info = VideoInfo.Probe(_folder["two.mkv"]);
        Assert.InRange(info.Rate, 24, 60);
        Assert.InRange(info.FrameCount / info.Rate, 0.9, 1.1);
    }

    [Theory]
    [InlineData(25, 100)]
    [InlineData(12.5, 50)]
    [InlineData(60, 240)]
    public void A_rate_that_is_asked_for_is_the_rate(double rate, int frames)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Flash, "-c:v", "libx264", _folder["v.mp4"]]);
        var info = VideoInfo.Probe(_folder["v.mp4"], reading: new VideoReading { Rate = rate });
        Assert.Equal((rate, frames), (info.Rate, info.FrameCount));
        using var video = VideoFrames.Open(info);
        Assert.InRange(video.ReadAll().TakeWhile(frame => frame[9, 9].G < 128).Count() / rate, 1.95, 2.05);
        Assert.Contains("1 to 240", Assert.Throws<ArgumentException>(() => VideoInfo.Probe(_folder["v.mp4"], reading: new VideoReading { Rate = 0.5 })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("late.mp4")]
    [InlineData("late.mkv")]
    [InlineData("late.mov")]
    public void Pictures_that_begin_later_than_the_sound_stay_later(string name)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Flash, "-c:v", "libx264", _folder["v.mp4"]]);
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Beep, _folder["a.wav"]]);
        SyntheticMedia.Ffmpeg(["-itsoffset", "0.5", "-i", _folder["v.mp4"], "-i", _folder["a.wav"], "-c:v", "copy", "-c:a", "aac", _folder[name]]);
        Assert.InRange(VideoInfo.Probe(_folder[name]).PictureDelay, 0.47, 0.55);
        Copy(_folder[name], _folder["out.mp4"]);
        // The flash comes half a second after the beep, as before.
        Assert.InRange(ShownAt(_folder["out.mp4"]) - FirstLoud(_folder["out.mp4"]), 0.45, 0.55);
    }

    [Theory]
    [InlineData("late.mp4", "aac")]
    [InlineData("late.mkv", "flac")]
    [InlineData("late.ts", "ac3")]
    [InlineData("late.ts", "mp2")]
    [InlineData("late.mpg", "mp2")]
    public void Sound_that_begins_later_than_the_pictures_stays_later(string name, string codec)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Flash, "-c:v", name.EndsWith("mpg", StringComparison.Ordinal) ? "mpeg2video" : "libx264", _folder["v.mkv"]]);
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Beep, _folder["a.wav"]]);
        SyntheticMedia.Ffmpeg(["-i", _folder["v.mkv"], "-itsoffset", "0.4", "-i", _folder["a.wav"], "-c:v", "copy", "-c:a", codec, "-ar", "48000", _folder[name]]);
        Copy(_folder[name], _folder["out.mp4"]);
        Assert.InRange(FirstLoud(_folder["out.mp4"]) - ShownAt(_folder["out.mp4"]), 0.34, 0.46);
    }

    [Theory]
    [InlineData("trim.mp4")]
    [InlineData("trim.mov")]
    public void Of_a_lossless_trim_the_frames_that_are_presented_count(string name)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=6", "-c:v", "libx264", "-g", "48", _folder["g.mp4"]]);
        SyntheticMedia.Ffmpeg(["-ss", "1", "-i", _folder["g.mp4"], "-c", "copy", "-t", "2", _folder[name]]);
        using var video = VideoFrames.Open(_folder[name]);
        var frames = video.ReadAll().ToList();
        Assert.Equal(video.Info.FrameCount, frames.Count);
        Assert.InRange(frames.Count, 48, 54);
        using var part = VideoFrames.Open(_folder[name], new VideoFramesOptions { Range = new FrameRange(30, 31) });
        Assert.True(part.ReadAll().Single().Pixels.SequenceEqual(frames[30].Pixels));
        using var whole = VideoFrames.Open(_folder["g.mp4"], new VideoFramesOptions { Range = new FrameRange(24, 25) });
        Assert.True(whole.ReadAll().Single().Pixels.SequenceEqual(frames[0].Pixels));
    }

    [Theory]
    [InlineData("2/1", 128, 128)]
    [InlineData("1/2", 64, 256)]
    [InlineData("16/15", 68, 128)]
    public void Pixels_that_are_not_square_are_made_so(string aspect, int width, int height)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "color=white:size=64x128:rate=25", "-frames:v", "3", "-vf", $"drawbox=x=0:y=0:w=32:h=64:color=black:t=fill,setsar={aspect}", "-c:v", "libx264", "-pix_fmt", "yuv420p", _folder["v.mp4"]]);
        using var video = VideoFrames.Open(_folder["v.mp4"]);
        var frame = video.ReadAll().First();
        Assert.Equal((width, height), (frame.Width, frame.Height));
        Assert.Equal((true, false, false), (frame[(width / 2) - 4, (height / 2) - 4].G < 30, frame[(width / 2) + 4, 4].G < 30, frame[4, (height / 2) + 4].G < 30));
        Assert.Contains("not square", Assert.Single(video.Info.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smpte2084", "PQ")]
    [InlineData("arib-std-b67", "HLG")]
    public void Hdr_is_shown_with_the_colours_it_was_made_of(string transfer, string kind)
    {
        // Skin, grey and white in an ordinary video, and the same light in an HDR one.
        const string Scene = "color=0xE0AC90:size=96x64:rate=25,drawbox=x=32:w=32:color=0x808080:t=fill,drawbox=x=64:w=32:color=0xE6E6E6:t=fill";
        const string ToHdr = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020:t={0}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le";
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Scene, "-frames:v", "2", "-vf", ToHdr.Replace("{0}", transfer, StringComparison.Ordinal), "-c:v", "libx265", "-x265-params", "log-level=error",
            "-crf", "8", "-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc", _folder["hdr.mp4"]]);
        using var video = VideoFrames.Open(_folder["hdr.mp4"]);
        var frame = video.ReadAll().First();
        foreach (var (x, colour) in new[] { (16, (0xE0, 0xAC, 0x90)), (48, (0x80, 0x80, 0x80)), (80, (0xE6, 0xE6, 0xE6)) })
        {
            var (r, g, b) = frame[x, 32];
            Assert.InRange(Math.Max(Math.Abs(r - colour.Item1), Math.Max(Math.Abs(g - colour.Item2), Math.Abs(b - colour.Item3))), 0, 14);
        }
        Assert.Contains($"HDR ({kind}); tone-mapped to BT.709", video.Info.Notes);
    }

    [Theory]
    [InlineData("i.mp4", "libx264")]
    [InlineData("i.mpg", "mpeg2video")]
    [InlineData("i.ts", "libx264")]
    public void Fields_are_joined_to_frames(string name, string codec)
    {
        // A bar that moves by 4 pixels a field: in a frame of two fields its edge is a comb.
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "color=black:size=96x64:rate=50:duration=1", "-vf", "geq=lum='if(between(X,mod(N*4,80),mod(N*4,80)+15),235,16)':cb=128:cr=128,tinterlace=interleave_top,fieldorder=tff", "-flags", "+ilme+ildct", "-c:v", codec, .. codec == "libx264" ? ["-crf", "5"] : new[] { "-q:v", "1" }, "-pix_fmt", "yuv420p", _folder[name]]);
        using var video = VideoFrames.Open(_folder[name]);
        var frames = video.ReadAll().ToList();
        Assert.Equal(25, frames.Count);
        Assert.Contains("interlaced; deinterlaced", video.Info.Notes);
        Assert.InRange(frames.Skip(2).SkipLast(2).Average(Comb), 0, 4);
        using var part = VideoFrames.Open(_folder[name], new VideoFramesOptions { Range = new FrameRange(7, 9) });
        Assert.True(part.ReadAll().First().Pixels.SequenceEqual(frames[7].Pixels));
    }

    [Theory]
    [InlineData("v.mp4", 97, "of its 75 frames can be decoded")]
    [InlineData("v.mkv", 97, "frames can be decoded")]
    [InlineData("v.ts", 98, "frames can be decoded")]
    public void A_download_cut_off_says_what_can_be_read_and_gives_it_where_that_is_allowed(string name, int percent, string words)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=3", "-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-bf", "3", "-movflags", "+faststart", _folder[name]]);
        var bytes = File.ReadAllBytes(_folder[name]);
        File.WriteAllBytes(_folder[name], bytes[..(bytes.Length * percent / 100)]);
        DamageIsSaidAndFramesAreGivenWhereThatIsAllowed(name, words);
    }

    [Theory]
    [InlineData("v.mp4")]
    [InlineData("v.mkv")]
    [InlineData("v.ts")]
    public void Damage_in_the_middle_says_what_can_be_read_and_gives_it_where_that_is_allowed(string name)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=3", "-c:v", "libx264", "-preset", "veryfast", "-movflags", "+faststart", _folder[name]]);
        var bytes = File.ReadAllBytes(_folder[name]);
        for (var i = bytes.Length * 55 / 100; i < bytes.Length * 60 / 100; i++) bytes[i] = (byte)((bytes[i] * 7) + i);
        File.WriteAllBytes(_folder[name], bytes);
        DamageIsSaidAndFramesAreGivenWhereThatIsAllowed(name, "frames can be decoded");
    }

    [Fact]
    public void The_default_track_of_the_sound_plays_and_what_a_container_does_not_hold_is_encoded()
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", Flash, "-f", "lavfi", "-i", "anullsrc=duration=4", "-f", "lavfi", "-i", Beep, "-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-c:a", "flac",
            "-disposition:a:0", "0", "-disposition:a:1", "default", _folder["two.mkv"]]);
        Assert.Equal(new SoundTrack(2, "flac"), VideoInfo.Probe(_folder["two.mkv"]).Sound);
        Assert.Equal("the sound, flac, is encoded to AAC: .mp4 does not hold it as it is", Copy(_folder["two.mkv"], _folder["out.mp4"]));
        Assert.InRange(FirstLoud(_folder["out.mp4"]), 1.96, 2.06);
        Assert.Null(Copy(_folder["two.mkv"], _folder["out.mkv"]));
        Assert.Equal("the sound, flac, is encoded to Opus: .webm does not hold it as it is", Copy(_folder["two.mkv"], _folder["out.webm"]));
        Assert.InRange(FirstLoud(_folder["out.webm"]), 1.96, 2.06);
        Assert.Contains("the sound is left out", Copy(_folder["two.mkv"], _folder["out.gif"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_of_another_size_in_a_folder_is_named()
    {
        ImageFile.WritePng(_folder["shot/1.png"], new RgbImage(96, 96));
        ImageFile.WritePng(_folder["shot/2.png"], new RgbImage(96, 96));
        ImageFile.WritePng(_folder["shot/10.png"], new RgbImage(120, 80));
        var message = Assert.Throws<DataException>(() => VideoInfo.Probe(_folder["shot"])).Message;
        Assert.Contains("10.png has 120x80 pixels, and 1.png before it 96x96", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_percent_sign_in_a_name_is_no_pattern()
    {
        ImageFile.WritePng(_folder["50%d/a%20d.png"], new RgbImage(7, 5));
        Assert.Equal((7, 5), (VideoInfo.Probe(_folder["50%d/a%20d.png"]).Width, ImageFile.ReadSquare(_folder["50%d/a%20d.png"], 5).Width + 0));
        using var folder = VideoFrames.Open(_folder["50%d"]);
        Assert.Single(folder.ReadAll());
    }

    [Theory]
    [InlineData("https://example.org/me.mp4", "Download it first")]
    [InlineData("none.mp4", "no such file")]
    public void An_address_is_not_a_file(string path, string words)
        => Assert.Contains(words, Assert.Throws<DataException>(() => VideoInfo.Probe(path)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public void Frames_are_turned_where_that_is_asked_for(int turn)
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=48x32:rate=5", "-frames:v", "1", _folder["one.png"]]);
        using var frames = VideoFrames.Open(VideoInfo.Probe(_folder["one.png"], reading: new VideoReading { Turn = turn }));
        Assert.Equal(ImageFile.Read(_folder["one.png"]).Turned(turn).GetBuffer(), frames.ReadAll().Single().GetBuffer());
    }

    [Theory]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("tiff")]
    public void A_picture_that_drives_is_upright_in_all_positions_of_a_camera(string kind)
    {
        for (ushort position = 1; position <= 8; position++)
        {
            using (var image = new Image<Rgb24>(6, 4))
            {
                for (var i = 0; i < 24; i++) image[i % 6, i / 6] = new Rgb24((byte)(10 * i), (byte)(255 - (9 * i)), (byte)(i * i % 251));
                var exif = new ExifProfile();
                exif.SetValue(ExifTag.Orientation, position);
                image.Metadata.ExifProfile = exif;
                image.Frames.RootFrame.Metadata.ExifProfile = exif;
                if (kind == "webp") image.Save(_folder["one.webp"], new WebpEncoder { FileFormat = WebpFileFormatType.Lossless });
                else image.Save(_folder[$"one.{kind}"]);
            }
            using var frames = VideoFrames.Open(VideoInfo.Probe(_folder[$"one.{kind}"]));
            Assert.Equal(ImageFile.Read(_folder[$"one.{kind}"]).GetBuffer(), frames.ReadAll().Single().GetBuffer());
            Assert.Equal(position > 4 ? (4, 6) : (6, 4), (frames.Width, frames.Height));
        }
    }

    [Fact]
    public void What_is_not_read_is_named()
    {
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=32x32:rate=5:duration=1", "-c:v", "libwebp_anim", _folder["a.webp"]]);
        Assert.Contains("an animated WebP is not read", Assert.Throws<DataException>(() => VideoInfo.Probe(_folder["a.webp"])).Message, StringComparison.Ordinal);
        SyntheticMedia.Ffmpeg(["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", _folder["sound.mp4"]]);
        Assert.Contains("there is sound in it, and no picture", Assert.Throws<DataException>(() => VideoInfo.Probe(_folder["sound.mp4"])).Message, StringComparison.Ordinal);
        Assert.Contains("there is no picture in it", Assert.Throws<DataException>(() => ImageFile.Read(_folder["sound.mp4"])).Message, StringComparison.Ordinal);
        Assert.Contains("this is a folder, not a picture", Assert.Throws<DataException>(() => ImageFile.Read(_folder.Root)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["a.heic"], [0, 0, 0, 24, .. "ftypheic"u8, .. new byte[40]]);
        Assert.Contains("an HEIC photograph", Assert.Throws<DataException>(() => VideoInfo.Probe(_folder["a.heic"])).Message, StringComparison.Ordinal);
        Assert.Contains("an HEIC photograph", Assert.Throws<DataException>(() => ImageFile.Read(_folder["a.heic"])).Message, StringComparison.Ordinal);
    }

    private void DamageIsSaidAndFramesAreGivenWhereThatIsAllowed(string name, string words)
    {
        var message = Assert.Throws<DataException>(() => Read(VideoInfo.Probe(_folder[name]))).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains("--allow-damaged", message, StringComparison.Ordinal);
        Assert.DoesNotContain("@ 0x", message, StringComparison.Ordinal);

        var info = VideoInfo.Probe(_folder[name], reading: new VideoReading { AllowDamaged = true });
        Assert.InRange(info.FrameCount, 40, 75);
        Assert.Equal(info.FrameCount, Read(info).Count);
        Assert.Contains("are taken", string.Join('\n', info.Notes), StringComparison.Ordinal);
    }

    private static List<RgbImage> Read(VideoInfo info)
    {
        using var video = VideoFrames.Open(info);
        return [.. video.ReadAll()];
    }

    // As an animation does: every frame read, written again, with the sound.
    private static string? Copy(string from, string to)
    {
        using var video = VideoFrames.Open(from);
        using var writer = new VideoWriter(to, video.Width, video.Height, video.Info.Rate, soundOf: video.Info);
        foreach (var frame in video.ReadAll()) writer.Write(frame);
        writer.Complete();
        return writer.Note;
    }

    private static int FirstBright(string path) => Read(VideoInfo.Probe(path)).TakeWhile(frame => frame[9, 9].G < 128).Count();

    // When a player shows the flash.
    private static double ShownAt(string path)
    {
        var info = VideoInfo.Probe(path);
        return info.PictureDelay + (FirstBright(path) / info.Rate);
    }

    // When a player makes the beep, from samples that start at time 0 of the file.
    private static double FirstLoud(string path)
    {
        const int Rate = 8000;
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-i", path, "-map", "0:a", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", $"{Rate}", "-f", "s16le", "-"]) { RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        var samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes.ToArray());
        for (var i = 0; i < samples.Length; i++)
            if (Math.Abs((int)samples[i]) > 1000) return (double)i / Rate;
        return -1;
    }

    // How much more neighbouring rows differ than rows of one field.
    private static double Comb(RgbImage frame)
    {
        double near = 0, far = 0;
        for (var y = 2; y < frame.Height; y++)
            for (var x = 0; x < frame.Width; x++)
                (near, far) = (near + Math.Abs(frame[x, y].G - frame[x, y - 1].G), far + Math.Abs(frame[x, y].G - frame[x, y - 2].G));
        return (near - far) / frame.Width / frame.Height;
    }
}
