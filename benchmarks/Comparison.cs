using System.Globalization;
using System.Text.Json.Nodes;

namespace PECHead.Benchmarks;

/// <summary>
/// Runs each measurement here and in the Python peer, turn by turn, each in a process of its own, and prints the medians
/// over the rounds and their ratio; on request also in this program as an earlier commit built it. These machines are noisy: judge the ratio.
/// </summary>
internal static class Comparison
{
    private const string Python = "/usr/bin/python3";

    // First the strongest peers: bf16 and channels last as ours, the source encoded once, the same design.
    private static readonly Row[] Rows =
    [
        StrongestFrame("KP, 256 px", ["infer", "256", "8", "bf16"], ["infer.py", "--frames", "8", "--encode-once"], ["bf16", "frame_seconds", "median"]),
        .. new[] { "128", "256" }.SelectMany(size => new[] { "", "slim" }.Select(design => StrongestFrame(
            $"Full, {size} px{(design.Length > 0 ? ", slim" : "")}", ["infer-full", size, size == "128" ? "16" : "4", "bf16", .. design.Length > 0 ? new[] { design } : []],
            ["infer_full.py", "--size", size, "--frames", size == "128" ? "16" : "4", .. design.Length > 0 ? new[] { "--slim" } : []], ["frame_seconds", "bf16", "median"]))),
        .. new[] { "add", "mul", "relu", "view", "cat" }.Select(name => new Row(
            $"{name} of one element, µs", ["small-ops"], ["small_ops.py"], ["values", "microseconds", name], ["microseconds", name])),
        .. new[] { "contiguous", "channels_last" }.Select(layout => new Row(
            $"3x3 convolution forward and backward, 64 channels, {layout}, ms", ["small-ops"], ["small_ops.py"],
            ["values", "conv", layout, "median"], ["conv3x3_forward_backward_ms", layout, "median"])),
        .. new[] { "64", "256" }.SelectMany(channels => new[] { "forward", "forward_backward" }.Select(pass => new Row(
            $"deformable 3x3 convolution, 64x64, {channels} channels, 8 offset groups, {pass.Replace('_', ' ')}, best of a run, ms", ["deform-conv"], ["deform_conv.py"],
            ["values", channels, pass, "best"], [channels, pass, "best"]))),
        Reference("kp", "1", "of single frames"),
        Reference("full", "1", "of single frames"),
        Reference("full", "4", "of clips of 4"),
        Step("contiguous", "fp32", "contiguous", "fp32"),
        Step("channels_last", "fp32", "channels_last", "fp32"),
        Step("channels_last", "bf16", "channels_last", "bf16"),
        Step("channels_last", "bf16", "contiguous", "fp32"),
        Memory("channels_last", "bf16"),
        Memory("contiguous", "fp32"),
        Frame("bf16", "fp32", "contiguous"),
        Frame("bf16", "bf16", "contiguous"),
        Frame("fp32", "fp32", "contiguous"),
        Faces("graph of the face detector, batch of 16", "detector_graph", "detector_graph"),
        Faces("graph of the face mesh, batch of 16", "mesh_graph", "mesh_graph"),
        Faces("observed face, 256 px, batch of 16, against the graphs alone in Python", "observe", "observation_graphs"),
        .. new[] { "128", "256" }.SelectMany(size => new[] { ("bf16", "fp32"), ("bf16", "bf16"), ("fp32", "fp32") }.Select(pair => FullFrame(size, pair.Item1, pair.Item2))),
    ];

    private static readonly Dictionary<string, JsonNode> Seen = [];

    // Not the process: that may be dotnet.
    private static readonly string Self = Path.Combine(AppContext.BaseDirectory, "PECHead.Benchmarks");

    public static int Run(int rounds, string only, string? earlier)
    {
        var rows = Rows.Where(row => row.Name.Contains(only, StringComparison.OrdinalIgnoreCase) && (earlier is not null || row.Theirs.Length > 0)).ToArray();
        var values = rows.Select(_ => new Dictionary<string, List<double>>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            Seen.Clear();
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                void Add(string column, string program, string[] arguments, string[] path)
                {
                    var value = Read(program, arguments, path);
                    if (!values[i].TryAdd(column, [value])) values[i][column].Add(value);
                    Console.Error.WriteLine($"round {round + 1} of {rounds}: {row.Name}: {column} {value:0.###}");
                }
                Add("C#", Self, row.Ours, row.OursPath);
                if (row.Theirs.Length > 0) Add("Python", Python, [PeerProgram.Script(row.Theirs[0]), .. row.Theirs[1..]], row.TheirsPath);
                if (earlier is not null) Add("earlier", earlier, row.Ours, row.OursPath);
            }
        }
        string[] peers = earlier is null ? ["Python"] : ["Python", "earlier"];
        Console.WriteLine($"| measurement | C# | {string.Join(" | ", peers.Select(peer => $"{peer} | ratio"))} |");
        Console.WriteLine($"|---|---:|{string.Concat(peers.Select(_ => "---:|---:|"))}");
        for (var i = 0; i < rows.Length; i++)
        {
            var ours = Median(values[i]["C#"]);
            var cells = peers.Select(peer => values[i].TryGetValue(peer, out var theirs)
                ? string.Create(CultureInfo.InvariantCulture, $"{Median(theirs):0.###} | {ours / Median(theirs):0.00}") : "– | –");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {rows[i].Name} | {ours:0.###} | {string.Join(" | ", cells)} |"));
        }
        return 0;
    }

    private static Row StrongestFrame(string what, string[] ours, string[] theirs, string[] theirPath) => new(
        $"strongest peer: frame of {what}, bf16, channels last, source encoded once, s", ours, [.. theirs, "--memory-format", "channels_last", "--dtype", "bf16"],
        ["values", "frame_seconds", "median"], theirPath);

    // The peer in Python has KP alone, without the recipe's other terms.
    private static Row Reference(string setting, string framesPerClip, string what) => new(
        $"training step of the reference recipe, {setting}, {what}, s", ["reference-step", setting, framesPerClip, "8"], [], ["values", "step_seconds", "median"], []);

    private static Row Step(string layout, string precision, string theirLayout, string theirPrecision) => new(
        layout == theirLayout ? $"KP training step, 128 px, batch 8, {layout} {precision}, s" : $"the same, {layout} {precision} against Python's {theirLayout} {theirPrecision}, s",
        ["train-step", "128", "8", layout, precision, "8"], StepOfPeer(theirLayout, theirPrecision), ["values", "step_seconds", "median"], ["step_seconds", "median"]);

    private static Row Memory(string layout, string precision) => new(
        $"peak memory of the {layout} {precision} step, MiB", ["train-step", "128", "8", layout, precision, "8"], StepOfPeer(layout, precision), ["peak_rss_mib"], ["peak_rss_mib"]);

    private static string[] StepOfPeer(string layout, string precision)
        => ["train_step.py", "--memory-format", layout, "--dtype", precision, "--steps", "8"];

    private static Row Frame(string precision, string theirPrecision, string theirLayout) => new(
        $"animated frame, 256 px, full width, {precision} against Python's eager {theirPrecision}, s",
        ["infer", "256", "8", precision], ["infer.py", "--frames", "8", "--memory-format", theirLayout, "--dtype", theirPrecision],
        ["values", "frame_seconds", "median"], [theirPrecision, "frame_seconds", "median"]);

    private static Row FullFrame(string size, string precision, string theirPrecision) => new(
        $"frame of Full, {size} px, channels-last {precision} against Python's eager contiguous {theirPrecision}, s",
        ["infer-full", size, "16", precision], ["infer_full.py", "--size", size, "--frames", "16", "--dtype", theirPrecision],
        ["values", "frame_seconds", "median"], ["frame_seconds", theirPrecision, "median"]);

    // Needs what 'pechead data prepare' fetches, and is called from the folder of the project.
    private static Row Faces(string what, string ours, string theirs) => new(
        $"{what}, s a frame", ["faces", "data", "256", "16", "10"], ["faces.py", "data"], ["values", ours, "median"], [theirs, "median"]);

    /// <summary>One number of one program's report; a program runs once a round, however many numbers are read.</summary>
    private static double Read(string program, string[] arguments, string[] path)
    {
        var key = $"{program} {string.Join(' ', arguments)}";
        if (!Seen.TryGetValue(key, out var report)) Seen[key] = report = PeerProgram.Report(program, arguments);
        var node = path.Aggregate((JsonNode?)report, (current, name) => current?[name]);
        return node?.GetValue<double>() ?? throw new InvalidDataException($"{key} reported no {string.Join('.', path)}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record Row(string Name, string[] Ours, string[] Theirs, string[] OursPath, string[] TheirsPath);
}
