using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using PECHead.Research.Models.Baselines.FirstOrder;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Names that tensors of the codebook method have in published files, under ours.</summary>
/// <remarks>The published network is one flat list; here motion and appearance are modules of their own, and scales are counted instead of named by their sides.</remarks>
internal static partial class CodebookNames
{
    private const int SmallestSide = 32;
    private const string Motion = "motion.", Appearance = "appearance.";

    private static readonly string[] Estimators = ["kp_detector.", "dense_motion_network."];

    private static readonly (string Published, string Ours)[] Prefixes =
    [
        ("motion_emb.", Motion + "embed."), ("to_motion.", Motion + "reconstruct."), ("BasicMotionEncoder.", Motion + "encoder."), ("to_context.", Motion + "context."),
        ("refine.", Motion + "head."), ("driving_kp_enc.", Motion + "points."), ("motion_query_enc_1.", Motion + "query."), ("motion_query_enc_2.", Motion + "token."),
        ("motion_block.", Motion + "retrieval.layers."), ("quantize_motion.embedding.weight", Motion + "retrieval.codes"), ("position_emb_motion", Motion + "retrieval.positions"),
        ("app_block.", Appearance + "retrieval.layers."), ("quantize_app.embedding.weight", Appearance + "retrieval.codes"), ("position_emb_app", Appearance + "retrieval.positions"),
    ];

    /// <summary>Our name of a published tensor.</summary>
    /// <param name="name">Its name inside its part of the file.</param>
    public static string Translate(string name)
    {
        if (Estimators.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } part)
            return part + FirstOrderWeights.Translate(name[part.Length..]);
        if (Prefixes.FirstOrDefault(one => name.StartsWith(one.Published, StringComparison.Ordinal)) is { Published: not null } prefix)
            name = prefix.Ours + name[prefix.Published.Length..];
        name = Moved().Replace(name, match => $"{Motion}moved.{Scale(match)}.");
        name = Embedding().Replace(name, match => $"{Appearance}{(match.Groups["to"].Success ? "restore" : "embed")}.{Scale(match)}.");
        name = Fusion().Replace(name, match => $"fusion.{Scale(match) - 1}.{(match.Groups["added"].Success ? "added." : "")}");
        return Projection().Replace(name, "in_proj.");
    }

    private static int Scale(Match match) => BitOperations.Log2(uint.Parse(match.Groups["side"].Value, CultureInfo.InvariantCulture) / SmallestSide);

    [GeneratedRegex(@"^warped_source_enc_(?<side>\d{2,3})\.")]
    private static partial Regex Moved();

    [GeneratedRegex(@"^(?:app_feat_emb|(?<to>to_app_feat))_(?<side>\d{2,3})\.(?:[01]\.)?")]
    private static partial Regex Embedding();

    [GeneratedRegex(@"^fuse_(?:convs|(?<added>ms))_dict\.(?<side>\d{2,3})\.")]
    private static partial Regex Fusion();

    [GeneratedRegex(@"(?<=attn\.)in_proj_")]
    private static partial Regex Projection();
}
