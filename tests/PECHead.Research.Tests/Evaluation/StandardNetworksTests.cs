using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Metrics.Networks;
using PECHead.Research.Tests.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

public sealed class StandardNetworksTests(RandomWeights weights, TwoPeople people) : IClassFixture<RandomWeights>, IClassFixture<TwoPeople>
{
    [Fact]
    public void A_folder_enables_what_it_holds_and_an_empty_one_nothing()
    {
        using var networks = new StandardNetworks(weights.Folder, CPU);
        using var none = new StandardNetworks(new WeightFolder(null), CPU);
        Assert.Equal(RandomWeights.Metrics, networks.Names);
        Assert.Empty(none.Names);
        Assert.DoesNotContain(new TaskScores(EvaluationTask.Reconstruction, 64, withFaces: false, none).Metrics, metric => RandomWeights.Metrics.Contains(metric.Name));
    }

    [Fact]
    public void A_damaged_file_and_one_of_another_network_are_named()
    {
        using var folder = new TemporaryFolder();
        var (openFace, arcFace) = (folder["openface.pth"], folder["arcface_r50.pth"]);
        File.Copy(weights.PathOf(StandardWeights.OpenFace), arcFace);
        Assert.Contains(arcFace, Assert.Throws<CheckpointFormatException>(() => new StandardNetworks(new WeightFolder(folder.Root), CPU)).Message, StringComparison.Ordinal);
        File.Delete(arcFace);
        File.WriteAllBytes(openFace, File.ReadAllBytes(weights.PathOf(StandardWeights.OpenFace))[..100_000]);
        Assert.Contains(openFace, Assert.Throws<CheckpointFormatException>(() => new StandardNetworks(new WeightFolder(folder.Root), CPU)).Message, StringComparison.Ordinal);
        File.Delete(openFace);
        File.WriteAllText(folder["pt_inception-2015-12-05-6726825d.pth"], "no weights");
        Assert.Contains("SHA-256", Assert.Throws<CheckpointFormatException>(() => new StandardNetworks(new WeightFolder(folder.Root), CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_frames_and_clips_are_measured_without_knowing_where_faces_are()
    {
        using var networks = new StandardNetworks(weights.Folder, CPU);
        using var model = new RecordingModel();
        var clip = people.Store.Index.Of(Split.Test)[0];
        var driven = new DrivenClip(clip, [.. Enumerable.Range(clip.First, 17)]);

        var rows = ReconstructionEvaluation.Run([("echo", model)], people.Store, [driven], CPU, networks: networks);

        var (copy, echo) = (rows[0].Scores, rows[1].Scores);
        Assert.Equal(["FID", "FVD", "AED", "LPIPS[squeeze]"], echo.Metrics.Select(metric => metric.Name).Where(name => !name.StartsWith("MS-", StringComparison.Ordinal)).Skip(3));
        // This model returns the driving frame.
        Assert.All((string[])["FID", "AED", "LPIPS"], name => Assert.Equal(0, Assert.Single(echo.Find(name)).Compute(), 4));
        Assert.All((string[])["FID", "AED", "LPIPS"], name => Assert.True(Assert.Single(copy.Find(name)).Compute() > 1e-6, name));
        Assert.Equal((17, 1), (Assert.Single(echo.Find("FID")).Count, Assert.Single(echo.Find("FVD")).Count));
    }

    [Theory]
    [InlineData(0, 1, 10, -4)]
    [InlineData(0.4, 1.7, 30, 5)]
    public void A_face_is_cut_out_so_that_its_five_points_lie_where_the_network_expects_them(double angle, double scale, double x, double y)
    {
        // The template, turned, scaled and moved, is a face whose square must bring the template back.
        var landmarks = new double[2 * 68];
        var groups = new[] { Enumerable.Range(36, 6), Enumerable.Range(42, 6), [30], [48], [54] };
        foreach (var (points, place) in groups.Zip(IdentityFeatures.Template))
        {
            foreach (var point in points)
            {
                landmarks[2 * point] = (scale * ((Math.Cos(angle) * place.X) - (Math.Sin(angle) * place.Y))) + x;
                landmarks[(2 * point) + 1] = (scale * ((Math.Sin(angle) * place.X) + (Math.Cos(angle) * place.Y))) + y;
            }
        }

        var crop = AlignedFaces.Find(3, landmarks);

        Assert.Equal((3, 112, 112 * scale), (crop.Frame, crop.Pixels, Math.Round(crop.Side, 3)));
        foreach (var (points, place) in groups.Zip(IdentityFeatures.Template))
        {
            var point = points.First();
            var seen = crop.ToCrop(new((float)landmarks[2 * point] + 0.5f, (float)landmarks[(2 * point) + 1] + 0.5f));
            Assert.Equal((place.X, place.Y), (Math.Round(seen.X - 0.5, 2), Math.Round(seen.Y - 0.5, 2)), Near);
        }

        static bool Near((double X, double Y) a, (double X, double Y) b) => Math.Abs(a.X - b.X) < 0.02 && Math.Abs(a.Y - b.Y) < 0.02;
    }

    [Fact]
    public void The_listed_sizes_are_those_of_the_networks()
    {
        // A network whose file also holds a classifier, as torchvision's, has no size of its own to compare with.
        foreach (var published in new[] { StandardWeights.Inception, StandardWeights.Video, StandardWeights.ArcFace50, StandardWeights.OpenFace, StandardWeights.SqueezeNet })
        {
            var megabytes = new FileInfo(weights.PathOf(published)).Length / 1e6;
            Assert.InRange(published.Megabytes, megabytes * 0.95, (megabytes * 1.05) + (published == StandardWeights.SqueezeNet ? 3 : 0.5));
        }
    }
}
