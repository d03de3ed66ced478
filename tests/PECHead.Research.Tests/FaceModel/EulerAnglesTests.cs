using PECHead.Research.FaceModel;
using PECHead.Research.Tests.Golden;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

[Collection(OracleTests.Name)]
public sealed class EulerAnglesTests(OracleFixture oracles)
{
    [OracleFact]
    public void Matrices_and_angles_are_those_of_scipy()
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load("face_pose");

        TensorAssert.Close(expected["matrices"], EulerAngles.ToMatrix(expected["angles"]), 1e-12);
        TensorAssert.Close(expected["angles"], EulerAngles.FromMatrix(expected["matrices"]), 1e-12);
    }

    [Theory]
    [InlineData(0.3, 0, 0, 0, -0.29552, 0.95534)]    // a positive pitch turns the nose (0, 0, 1) down
    [InlineData(0, 0.3, 0, 0.29552, 0, 0.95534)]     // a positive yaw turns it to the right of the picture
    public void The_nose_goes_where_the_signs_say(double pitch, double yaw, double roll, double x, double y, double z)
    {
        using var scope = NewDisposeScope();
        var nose = tensor(new[] { 0.0, 0, 1 }, [1, 3, 1]);

        var turned = matmul(EulerAngles.ToMatrix(tensor(new[] { pitch, yaw, roll }, [1, 3])), nose);

        TensorAssert.Close(tensor(new[] { x, y, z }, [1, 3, 1]), turned, 1e-5);
    }

    [Fact]
    public void A_positive_roll_lifts_the_right_of_the_picture()
    {
        using var scope = NewDisposeScope();
        var right = tensor(new[] { 1.0, 0, 0 }, [1, 3, 1]);
        var turned = matmul(EulerAngles.ToMatrix(tensor(new[] { 0, 0, 0.3 }, [1, 3])), right);
        TensorAssert.Close(tensor(new[] { 0.95534, 0.29552, 0 }, [1, 3, 1]), turned, 1e-5);
    }

    [Fact]
    public void A_turn_of_the_picture_adds_to_the_roll_and_to_nothing_else()
    {
        using var scope = NewDisposeScope();
        var angles = tensor(new[] { 0.3, -0.5, 0.2 }, [1, 3]);
        var picture = EulerAngles.ToMatrix(tensor(new[] { 0, 0, 0.7 }, [1, 3]));

        var found = EulerAngles.FromMatrix(matmul(picture, EulerAngles.ToMatrix(angles)));

        TensorAssert.Close(tensor(new[] { 0.3, -0.5, 0.9 }, [1, 3]), found, 1e-12);
    }
}
