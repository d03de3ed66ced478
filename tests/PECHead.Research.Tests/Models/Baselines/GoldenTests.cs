using Xunit.Abstractions;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Every baseline gives what the published code gives.</summary>
public sealed class GoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string> Ids => [.. GoldenSubjects.All.Select(subject => subject.Id)];

    /// <summary>Without One-Shot Free-View, LivePortrait and Depth-Aware GAN, whose volumes and attention take minutes in double precision: PECHEAD_GOLDENS_ALL=1 adds them.</summary>
    public static TheoryData<string> DoubleIds =>
        [.. GoldenSubjects.All.Select(subject => subject.Id).Where(id => id is not ("osfv" or "liveportrait" or "dagan") || Environment.GetEnvironmentVariable("PECHEAD_GOLDENS_ALL") == "1")];

    [Theory]
    [MemberData(nameof(DoubleIds))]
    public void Each_stage_and_the_whole_way_give_what_the_published_code_gives_in_double_precision(string id) => Run(id, ScalarType.Float64, staged: true);

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_whole_way_in_single_precision_is_as_near_as_the_published_code_is(string id) => Run(id, ScalarType.Float32, staged: false);

    [Fact]
    public void LivePortraits_form_for_inference_is_as_near_as_the_published_code_is()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var run = new GoldenRun(new GoldenFile("liveportrait"), ScalarType.Float32, staged: false, output);

        LivePortraitGolden.PassForInference(run);

        Assert.Equal([], run.Faults);
        Assert.Equal(["image", "probe.image"], run.Compared.Order());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Names_and_shapes_are_those_of_the_published_files(string id)
    {
        using var scope = NewDisposeScope();
        var subject = GoldenSubjects.All.Single(one => one.Id == id);
        var keys = GoldenFile.Keys(id).ToLookup(key => key.Part);
        var seen = new HashSet<string>(subject.Left);
        foreach (var (parts, module) in subject.Variants.Select(variant => (variant.Parts, variant.Make())))
        {
            using var model = module;
            foreach (string part in parts)
            {
                seen.Add(part);
                var ours = model.named_children().Single(child => child.name == part.Split('@')[0]).module.state_dict();
                Assert.Equal(
                    keys[part].Select(key => $"{subject.Format.Translate(key.Name)} {string.Join('x', key.Shape)}").Order(StringComparer.Ordinal),
                    ours.Select(entry => $"{entry.Key} {string.Join('x', entry.Value.shape)}").Order(StringComparer.Ordinal));
            }
        }
        Assert.Equal(keys.Select(part => part.Key).Order(), seen.Order());
    }

    [Fact]
    public void The_formula_of_the_weights_gives_the_numbers_that_were_published_with_it()
    {
        uint hash = 2166136261;
        foreach (char letter in "generator/first.conv.weight") hash = (hash ^ letter) * 16777619;

        Assert.Equal([-0.64081539, 0.86355759, 0.97086508, -0.89634528], Enumerable.Range(0, 4).Select(i => Math.Round(GoldenFile.Uniform(hash, i), 8)));
    }

    private void Run(string id, ScalarType type, bool staged)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var subject = GoldenSubjects.All.Single(one => one.Id == id);
        var golden = new GoldenFile(id);
        var run = new GoldenRun(golden, type, staged, output);

        subject.Pass(run);

        Assert.Equal([], run.Faults);
        Assert.Equal(golden.Outputs.Keys.Order(), run.Compared.Concat(subject.NotCompared).Order());
    }
}
