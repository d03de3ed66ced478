using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.FaceModel;
using PECHead.Research.Tests.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

/// <summary>The pipeline of an animation: order, failures of each stage, cancellation, memory.</summary>
[Collection(AloneCollection.Name)]
public sealed class ShotPicturesTests : IDisposable
{
    private const int Frames = 12;
    private const int Bad = 5;
    private readonly TemporaryFolder _folder = new();
    private readonly DrawnReconstructor _reconstructor = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_are_those_of_one_frame_after_the_other_in_their_order()
    {
        using var model = new DotsModel();
        using var one = Portrait(model);
        using var other = Portrait(model);
        RgbImage[][] made = [.. Pictures([one, other])];
        using var alone = Portrait(model);
        foreach (var (index, frame) in Driving())
        {
            using var scope = NewDisposeScope();
            var expected = alone.Next(frame, FrameBatch.FromImages([frame], CPU), Face(index, alone));
            Assert.All(made[index], picture => Assert.Equal(expected.GetBuffer(), picture.GetBuffer()));
        }
        Assert.Equal(Frames, made.Length);
        Assert.NotEqual(made[0][0].GetBuffer(), made[1][0].GetBuffer());
    }

    [Theory]
    [InlineData("decode")]
    [InlineData("follow")]
    [InlineData("align")]
    [InlineData("generate")]
    [InlineData("encode")]
    public void A_failure_of_a_stage_arrives_as_it_was_thrown_behind_the_pictures_before_it_and_leaves_no_tensor(string stage)
    {
        var failure = new DataException("broken", stage, "remedy");
        void FailAt(string here, int index)
        {
            if (stage == here && index == Bad) throw failure;
        }
        // What other tests left is freed here, not while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        int pictures = 0, aligned = -1;
        using (var model = new DotsModel { Generating = index => FailAt("generate", index), Aligning = _ => FailAt("align", Interlocked.Increment(ref aligned)) })
        using (var portrait = Portrait(model))
        {
            var driving = Driving().Select(frame =>
            {
                FailAt("decode", frame.Index);
                return frame;
            });
            var thrown = Assert.Throws<DataException>(() =>
            {
                foreach (var _ in ShotPictures.Of(driving, [portrait], Follow, CPU))
                {
                    FailAt("encode", pictures);
                    pictures++;
                }
            });
            Assert.Same(failure, thrown);
        }
        // Frames are aligned side by side: the sixth that begins may be the fifth frame.
        Assert.InRange(pictures, stage == "align" ? Bad - 1 : Bad, Bad);
        Assert.Equal(before, Tensor.TotalCount);

        FaceCoefficients Follow(int index, AnimatedPortrait portrait)
        {
            FailAt("follow", index);
            return Face(index, portrait);
        }
    }

    [Fact]
    public void Memory_does_not_grow_with_the_frames()
    {
        using var model = new DotsModel();
        using var portrait = Portrait(model);
        var counts = Pictures([portrait]).Concat(Pictures([portrait])).Select(_ => Tensor.TotalCount).ToList();
        Assert.InRange(counts[^1], 0, counts[2]);
        // A few frames are on their way at any moment, with some tensors each.
        Assert.InRange(counts.Max() - counts.Min(), 0, 200);
    }

    [Fact]
    public void A_cancelled_animation_ends_with_the_cancellation_and_leaves_neither_file_nor_tensor()
    {
        var driving = _folder["driving.mp4"];
        SyntheticMedia.Draw(driving, "testsrc2=size=64x64:rate=25", 40);
        var before = Tensor.TotalCount;
        using (var head = new TalkingHead(new DotsModel(), DrawnReconstructor.Observer()))
        {
            using var stop = new CancellationTokenSource();
            var progress = new At(45, stop);
            var source = new Portrait(Lamp(0), Lamp(0), new CropSquare(0, 0, 64), 1);
            Assert.ThrowsAny<OperationCanceledException>(() => head.Animate([(source, _folder["out.mp4"])], driving, progress: progress, cancellation: stop.Token));
            Assert.InRange(progress.Last, 45, 46);
        }
        Assert.Equal(["driving.mp4"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Tensor.TotalCount, 0, before + 20);    // what belongs to the source's face lives as long as its picture
    }

    private static IEnumerable<RgbImage[]> Pictures(IReadOnlyList<AnimatedPortrait> portraits) => ShotPictures.Of(Driving(), portraits, Face, CPU);

    private static IEnumerable<(int Index, RgbImage Frame)> Driving() => Enumerable.Range(0, Frames).Select(index => (index, Lamp(index)));

    private static FaceCoefficients Face(int index, AnimatedPortrait portrait) => DrawnReconstructor.Faces(FrameBatch.FromImages([Lamp(index)], CPU));

    private AnimatedPortrait Portrait(DotsModel model)
    {
        using var scope = NewDisposeScope();
        var image = FrameBatch.FromImages([Lamp(0)], CPU);
        return new AnimatedPortrait(
            model, _reconstructor, new Portrait(Lamp(0), Lamp(0), new CropSquare(0, 0, 64), 1), image.DetachFromDisposeScope(), DrawnReconstructor.Faces(image), new AnimationOptions(), 25, Precision.Full);
    }

    private static RgbImage Lamp(int index)
    {
        var image = new RgbImage(64, 64);
        for (var y = 0; y < 64; y++)
            for (var x = 0; x < 64; x++) image[x, y] = x >= 3 * index && x < (3 * index) + 18 && y is >= 20 and < 38 ? ((byte)255, (byte)220, (byte)120) : ((byte)40, (byte)50, (byte)60);
        return image;
    }

    private sealed class At(int step, CancellationTokenSource stop) : IProgress<(int Done, int Count)>
    {
        public int Last { get; private set; }

        public void Report((int Done, int Count) value)
        {
            Last = value.Done;
            if (Last == step) stop.Cancel();
        }
    }
}
