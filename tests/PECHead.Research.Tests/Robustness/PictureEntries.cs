using PECHead.Research.Data;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Robustness;

/// <summary>Figures and pictures.</summary>
internal static class PictureEntries
{
    private static readonly Picture Frame = Picture.FromTensor(zeros(3, 8, 8));

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("ChannelGrid.new(maps)", p => new ChannelGrid(p.Of("maps", 2, 4, 5))),
        new("CorrespondenceFigure.new(sourcePositions, drivingPositions)", p => new CorrespondenceFigure(Frame, p.Of("sourcePositions", 3, 2), Frame, p.Of("drivingPositions", 3, 2))),
        new("DeformableOffsetView.new(offsets, modulation)", p => new DeformableOffsetView(Frame, p.Of("offsets", 36, 4, 4), p.Of("modulation", 18, 4, 4), 3, 1)),
        new("DeformableOffsetView.new(deformation)", p => new DeformableOffsetView(Frame, p.Of("deformation", 4, 4, 2))),
        new("ErrorMapFigure.new(driving, generated)", p => new ErrorMapFigure(p.Of("driving", 3, 4, 4), [("generated", p.Of("generated", 3, 4, 4))])),
        new("FlowColors.Render(deformation)", p => FlowColors.Render(p.Of("deformation", 4, 4, 2))),
        new("FlowFigure.new(deformation)", p => new FlowFigure(p.Of("deformation", 4, 4, 2))),
        new("FrameImage.FromTensor(frame)", p => FrameImage.FromTensor(p.Of("frame", 3, 4, 4))),
        new("FrameImage.FromBatch(frames)", p => FrameImage.FromBatch(p.Of("frames", 2, 3, 4, 4))),
        new("HeatMapFigure.new(map)", p => new HeatMapFigure(p.Of("map", 4, 4))),
        new("ImageGrid.new(frames)", p => new ImageGrid(p.Of("frames", 2, 3, 4, 4))),
        new("KeypointFigure.new(positions)", p => new KeypointFigure(Frame, p.Of("positions", 3, 2))),
        new("LandmarkFigure.new(landmarks, reference)", p => new LandmarkFigure(p.Of("landmarks", 68, 2), null, p.Of("reference", 68, 2))),
        new("MeshRendering.Draw(points)", p => MeshRendering.Draw(p.Of("points", 4, 3), [(0, 1, 2), (1, 2, 3)])),
        new("Picture.FromTensor(frame)", p => Picture.FromTensor(p.Of("frame", 3, 4, 4))),
        new("QuiverFigure.new(deformation)", p => new QuiverFigure(p.Of("deformation", 4, 4, 2))),
        new("VideoPlayer.new(clip)", p => new VideoPlayer(p.Of("clip", 2, 3, 16, 16), 25)),
        new("WarpedGridFigure.new(deformation)", p => new WarpedGridFigure(p.Of("deformation", 4, 4, 2))),
    ];
}
