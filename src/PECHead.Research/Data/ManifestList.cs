using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PECHead.Research.Data;

/// <summary>An official list of clips and where the media that it speaks of are.</summary>
public sealed record ManifestList
{
    /// <summary>One of <see cref="ClipList.Formats"/>.</summary>
    public required string Format { get; init; }

    /// <summary>File or folder of the list, relative to the media root.</summary>
    public required string List { get; init; }

    /// <summary>Where a clip's video is, relative to the media root, with {identity}, {video} and {clip} in it.</summary>
    public required string Video { get; init; }

    /// <summary>
    /// True if the videos are the finished clips, already cut and cropped: then they are taken whole. False if they are
    /// the originals, from which the list's times and boxes are cut.
    /// </summary>
    public bool Cropped { get; init; }

    /// <summary>Share of the identities that goes to the test split: 0 (all train) to 1 (all test).</summary>
    public double HeldOut { get; init; }

    /// <summary>Growth of the list's boxes on each side, as a fraction of their longer side.</summary>
    public double Margin { get; init; }

    /// <summary>Whether clips without a video are left out; otherwise they are an error.</summary>
    public bool SkipMissing { get; init; }

    internal IReadOnlyList<ManifestClip> Resolve(string mediaRoot)
    {
        var list = Path.Combine(mediaRoot, List);
        var listed = ClipList.Read(Format, list);
        var clips = new List<ManifestClip>(listed.Count);
        foreach (var clip in listed)
        {
            var file = Path.Combine(mediaRoot, clip.Fill(Video));
            if (!File.Exists(file))
            {
                if (SkipMissing)
                    continue;
                throw new DataException($"no such video, which {clip.Id} of {list} needs", file, "Put the video there, correct 'video' in the manifest, or say 'missing: skip'.");
            }

            clips.Add(new ManifestClip(
                clip.Id, new VideoSource(file, new VideoFacts()), Cropped ? ClipRange.Whole : clip.Range,
                Cropped ? Crop.Centre : clip.Box with { Margin = Margin }, clip.Identity, SplitOf(clip.Identity)));
        }

        return clips.Count > 0
            ? clips
            : throw new DataException($"none of the list's {listed.Count} clips has its video under {mediaRoot}", list, "Correct 'video' in the manifest: it says where a clip's video is.");
    }

    /// <summary>The same identity falls on the same side on every machine and in every version of the list.</summary>
    private Split SplitOf(string identity)
    {
        var draw = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        return draw < HeldOut * (uint.MaxValue + 1.0) ? Split.Test : Split.Train;
    }
}
