using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Tests.Golden;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Motion;

/// <summary>Similarities of the plane against matrices of torch, numpy and scikit-image.</summary>
[Collection(OracleTests.Name)]
public sealed class SimilarityOracleTests(OracleFixture oracles)
{
    [OracleFact]
    public void Points_and_frames_move_as_the_matrices_say()
    {
        using var scope = NewDisposeScope();
        var oracle = oracles.Load("similarity");
        var transform = new SimilarityTransform(oracle["angle"], oracle["log_scale"], oracle["shift"]);

        TensorAssert.Close(oracle["applied"], transform.Apply(oracle["points"]), 1e-5, "points");
        TensorAssert.Close(oracle["inverse"], transform.Inverse().Apply(oracle["points"]), 1e-4, "inverse");
        TensorAssert.Close(oracle["warped"], transform.Warp(oracle["frames"]), 1e-4, "frames");
    }

    [OracleFact]
    public void The_turn_and_scale_that_points_propose_are_those_of_least_squares()
    {
        using var scope = NewDisposeScope();
        var oracle = oracles.Load("similarity");
        var (source, driving) = (oracle["points"], oracle["driving"]);

        var proposals = SparseMotion.FromKeypoints(new Keypoints(source), new Keypoints(driving), 5, 7, ProposalKind.Similarity);

        var offsets = CoordinateGrid.Create(5, 7, ScalarType.Float32, CPU) - driving.unsqueeze(2).unsqueeze(2);               // [N, K, H, W, 2]
        var turned = offsets.matmul(oracle["fit"].to(ScalarType.Float32).transpose(1, 2).unsqueeze(1).unsqueeze(1));
        TensorAssert.Close(source.unsqueeze(2).unsqueeze(2) + turned, proposals.narrow(1, 1, 9), 1e-4);
    }
}
