using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Memory;

/// <summary>Dispose scopes and their statistics, as TorchSharp documents them.</summary>
public sealed class DisposeScopeTests
{
    public DisposeScopeTests() => DisposeScopeManager.Statistics.Reset();

    [Fact]
    public void A_scope_disposes_what_was_created_in_it_and_nothing_else()
    {
        using var before = zeros(1);
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = before + 1;
            Assert.Equal(1, scope.DisposablesCount);
            Assert.True(scope.Contains(inside));
            Assert.False(scope.Contains(before));
        }
        Assert.True(inside.IsInvalid);
        Assert.False(before.IsInvalid);
    }

    [Fact]
    public void The_current_scope_is_the_innermost_one_and_there_is_none_outside_all()
    {
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
                Assert.Same(inner, CurrentDisposeScope);
            Assert.Same(outer, CurrentDisposeScope);
        }
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void Tensors_belong_to_the_innermost_scope_and_move_outwards_one_at_a_time()
    {
        using var outer = NewDisposeScope();
        Tensor moved, lost;
        using (var middle = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                (moved, lost) = (zeros(1), zeros(1));
                Assert.Same(moved, inner.MoveToOuter(moved));
                Assert.True(middle.Contains(moved));
                Assert.False(inner.Contains(moved));
            }
            Assert.True(lost.IsInvalid);
            Assert.False(moved.IsInvalid);
            Assert.Same(moved, moved.MoveToOuterDisposeScope());
        }
        Assert.True(outer.Contains(moved));
    }

    [Fact]
    public void Moving_out_of_the_outermost_scope_detaches()
    {
        Tensor moved;
        using (NewDisposeScope()) moved = zeros(1).MoveToOuterDisposeScope();
        Assert.False(moved.IsInvalid);
        Assert.Equal(1, DisposeScopeManager.Statistics.DetachedFromScopeCount);
        moved.Dispose();
    }

    [Fact]
    public void Detached_tensors_outlive_every_scope_and_attached_ones_do_not()
    {
        var outside = zeros(1);
        Tensor detached, first, second, third;
        using (NewDisposeScope())
        {
            using var scope = NewDisposeScope();
            detached = zeros(1).DetachFromDisposeScope();
            (first, second, third) = scope.Detach(zeros(1), zeros(1), zeros(1));
            scope.Attach(outside);
            Assert.True(scope.Contains(outside));
        }
        Assert.True(outside.IsInvalid);
        Assert.All([detached, first, second, third], tensor => Assert.False(tensor.IsInvalid));
        Assert.All([detached, first, second, third], tensor => tensor.Dispose());
    }

    [Fact]
    public void Attaching_takes_a_tensor_away_from_the_scope_it_was_in()
    {
        using var outer = NewDisposeScope();
        var tensor = zeros(1);
        using (var inner = NewDisposeScope())
        {
            inner.Attach(tensor);
            Assert.False(outer.Contains(tensor));
        }
        Assert.True(tensor.IsInvalid);
    }

    [Fact]
    public void Tensors_move_to_a_named_scope_or_to_the_scope_of_another_tensor()
    {
        using var outer = NewDisposeScope();
        var neighbour = zeros(1);
        using var middle = NewDisposeScope();
        using var inner = NewDisposeScope();
        var (first, second) = (zeros(1), zeros(1));
        inner.MoveToOther(outer, first);
        second.MoveToOtherDisposeScope(neighbour);
        Assert.True(outer.Contains(first) && outer.Contains(second));
        second.MoveToOtherDisposeScope(middle);
        Assert.True(middle.Contains(second) && !outer.Contains(second));
        second.MoveToOtherDisposeScope((DisposeScope?)null);
        Assert.False(middle.Contains(second));
        second.MoveToOtherDisposeScope(inner);
        Assert.True(inner.Contains(second));
    }

    [Fact]
    public void Everything_but_the_kept_is_disposed_and_the_kept_stay_in_the_scope()
    {
        using var scope = NewDisposeScope();
        var (kept, other, dropped) = (zeros(1), zeros(1), zeros(1));
        Assert.Equal((kept, other), scope.DisposeEverythingBut(kept, other));
        Assert.True(dropped.IsInvalid);
        Assert.Equal([kept, other], scope.DisposablesView.Cast<Tensor>().OrderBy(tensor => ReferenceEquals(tensor, other)));
        scope.DisposeEverything();
        Assert.True(kept.IsInvalid && other.IsInvalid);
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void A_scope_disposes_other_objects_too()
    {
        var stream = new MemoryStream();
        using (var scope = NewDisposeScope()) scope.Attach(stream);
        Assert.False(stream.CanRead);
    }

    [Fact]
    public void A_scope_that_ends_ends_the_scopes_left_open_in_it()
    {
        using var outermost = NewDisposeScope();
        var outer = NewDisposeScope();
        NewDisposeScope();
        outer.Dispose();
        var after = zeros(1);
        Assert.True(outermost.Contains(after));
    }

    [Fact]
    public void A_wrapped_expression_keeps_its_result_only()
    {
        using var scope = NewDisposeScope();
        Tensor? part = null;
        var result = WrappedTensorDisposeScope(() => (part = zeros(1) + 1) * 2);
        Assert.True(part!.IsInvalid);
        Assert.True(scope.Contains(result));
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Sequential_and_normalize_leave_nothing_but_their_result()
    {
        using var net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 1, 1, padding: 1, padding_mode: PaddingModes.Reflect), nn.BatchNorm2d(1));
        using var scope = NewDisposeScope();
        var input = rand(2, 1, 8, 8);
        var output = net.call(input);
        var unit = nn.functional.normalize(input);
        var pixel = input[0, 0, TensorIndex.Ellipsis, 1..];
        Assert.Equal([input, output, unit, pixel], [.. scope.DisposablesView.Cast<Tensor>()]);
    }

    [Fact]
    public void An_index_expression_that_fails_leaves_no_views_behind()
    {
        using var tensor = rand(3, 3);
        using var scope = NewDisposeScope();
        Assert.Throws<TorchException>(() => tensor[TensorIndex.None, TensorIndex.Colon, 7]);
        Assert.Throws<TorchException>(() => tensor[0, 0, 0]);
        Assert.Equal(0, scope.DisposablesCount);
    }

    // The expected counts are in the order of TorchSharp's own tests:
    // created outside, disposed outside, created inside, disposed inside, attached, detached, live.
    [Fact]
    public void Outside_scopes_creations_and_disposals_are_counted_once()
    {
        var tensor = zeros(1);
        AssertCounts(1, 0, 0, 0, 0, 0, 1);
        tensor.Dispose();
        AssertCounts(1, 1, 0, 0, 0, 0, 0);
        tensor.Dispose();
        AssertCounts(1, 1, 0, 0, 0, 0, 0);
    }

    [Fact]
    public void Inside_scopes_creations_and_disposals_are_counted_once()
    {
        var scope = NewDisposeScope();
        var tensor = zeros(1);
        AssertCounts(0, 0, 1, 0, 0, 0, 1);
        scope.Attach(tensor);
        AssertCounts(0, 0, 1, 0, 0, 0, 1);
        scope.Dispose();
        AssertCounts(0, 0, 1, 1, 0, 0, 0);
        tensor.Dispose();
        AssertCounts(0, 0, 1, 1, 0, 0, 0);
    }

    [Fact]
    public void Detaching_and_attaching_are_counted_and_change_where_a_disposal_counts()
    {
        using var scope = NewDisposeScope();
        var created = zeros(1);
        scope.Detach(created);
        AssertCounts(0, 0, 1, 0, 0, 1, 1);
        scope.Detach(created);
        AssertCounts(0, 0, 1, 0, 0, 1, 1);
        created.Dispose();
        AssertCounts(0, 1, 1, 0, 0, 1, 0);

        DisposeScopeManager.Statistics.Reset();
        var outside = zeros(1).DetachFromDisposeScope();
        DisposeScopeManager.Statistics.Reset();
        scope.Attach(outside);
        AssertCounts(0, 0, 0, 0, 1, 0, 0);
        outside.Dispose();
        AssertCounts(0, 0, 0, 1, 1, 0, -1);
    }

    [Fact]
    public void Statistics_describe_themselves()
    {
        using var tensor = zeros(1);
        Assert.Contains("live 1", DisposeScopeManager.Statistics.ToString(), StringComparison.Ordinal);
        Assert.Contains("outside 1", DisposeScopeManager.Statistics.TensorStatistics.ToString(), StringComparison.Ordinal);
    }

    private static void AssertCounts(long createdOutside, long disposedOutside, long createdInside, long disposedInside, long attached, long detached, long live)
    {
        var counts = DisposeScopeManager.Statistics;
        Assert.Equal(
            (createdOutside, disposedOutside, createdInside, disposedInside, attached, detached, live),
            (counts.CreatedOutsideScopeCount, counts.DisposedOutsideScopeCount, counts.CreatedInScopeCount, counts.DisposedInScopeCount,
                counts.AttachedToScopeCount, counts.DetachedFromScopeCount, counts.ThreadTotalLiveCount));
    }
}
