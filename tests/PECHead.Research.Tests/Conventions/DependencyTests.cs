using System.Text;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Xunit.Abstractions;

namespace PECHead.Research.Tests.Conventions;

/// <summary>What the folders of the library need of one another, read from the compiled references of every type.</summary>
public sealed class DependencyTests(ITestOutputHelper output)
{
    private const string Root = "PECHead.Research";

    /// <summary>A folder may need those before it. The types at the root come last.</summary>
    private static readonly string[] Order =
    [
        "Runtime", "Acceleration", "Layers", "Checkpoints", "Distribution", "Data", "Landmarks", "Motion", "Flow", "Perception", "FaceModel", "Visualization",
        "Alignment", "Propagation", "Losses", "Metrics", "Models", "Observation", "Augmentation", "Animation", "Recipes", "Runs", "Catalog",
        "Evaluation", "Training", "Ablation", "",
    ];

    [Fact]
    public void Every_folder_needs_only_those_before_it()
    {
        var edges = Edges();
        output.WriteLine(Matrix(edges));
        Assert.Equal([], edges.Keys.SelectMany(edge => new[] { edge.From, edge.To }).Distinct().Except(Order));
        Assert.Equal([], edges.Where(edge => Array.IndexOf(Order, edge.Key.To) > Array.IndexOf(Order, edge.Key.From))
            .Select(edge => $"{edge.Key.From} needs {edge.Key.To}: {string.Join(", ", edge.Value.Take(5))}"));
        // The reading sees what there is: a loader that found nothing would find no fault either.
        Assert.Contains(("Training", "Models"), edges.Keys);
        Assert.Contains(("", "Animation"), edges.Keys);
    }

    [Theory]
    [InlineData("Training", "Ablation")]
    [InlineData("Losses", "Recipes", "Training", "Ablation")]
    public void Inference_does_not_need_training(string folder, params string[] users)
        => Assert.Equal([], Edges().Keys.Where(edge => edge.To == folder).Select(edge => edge.From).Except(users));

    private static Dictionary<(string From, string To), SortedSet<string>> Edges()
    {
        var architecture = new ArchLoader().LoadAssembly(typeof(TalkingHead).Assembly).Build();
        var edges = new Dictionary<(string, string), SortedSet<string>>();
        foreach (var type in architecture.Types)
        {
            if (Folder(type.FullName) is not { } from || type is GenericParameter) continue;
            foreach (var dependency in type.Dependencies)
            {
                if (dependency.Target is GenericParameter || Folder(dependency.Target.FullName) is not { } to || to == from) continue;
                if (!edges.TryGetValue((from, to), out var examples)) edges[(from, to)] = examples = new(StringComparer.Ordinal);
                examples.Add($"{type.Name} → {dependency.Target.Name}");
            }
        }
        return edges;
    }

    // The first name behind the root; none for a type at the root; null for types of others. A generic type lists its arguments behind.
    private static string? Folder(string type)
    {
        if (!type.StartsWith(Root + ".", StringComparison.Ordinal)) return null;
        var name = type[(Root.Length + 1)..].Split('<', '+', '/')[0];
        return name.Contains('.', StringComparison.Ordinal) ? name.Split('.')[0] : "";
    }

    private static string Matrix(Dictionary<(string From, string To), SortedSet<string>> edges)
    {
        var text = new StringBuilder();
        foreach (var from in Order)
            text.AppendLine($"{(from.Length == 0 ? "(root)" : from),-14} {string.Join(", ", Order.Where(to => edges.ContainsKey((from, to))).Select(to => $"{to} {edges[(from, to)].Count}"))}");
        return text.ToString();
    }
}
