using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace PECHead.Torch.Tests.Robustness;

/// <summary>Good and bad calls from many threads at once, and tensors disposed under the feet of others.</summary>
public sealed class ThreadTests
{
    private const int Threads = 8;

    [Fact]
    public void Good_calls_give_right_results_while_bad_ones_are_refused_on_other_threads()
    {
        using var image = rand(1, 3, 16, 16);
        using var kernel = rand(4, 3, 3, 3);
        using var expected = F.conv2d(image, kernel);
        using var product = image.flatten(1).matmul(image.flatten(1).transpose(0, 1));
        var calls = new int[Threads];

        InParallel(TimeSpan.FromSeconds(1.5), (thread, random) =>
        {
            using var scope = NewDisposeScope();
            calls[thread]++;
            switch (random.Next(8))
            {
                case 0: Assert.True(F.conv2d(image, kernel).allclose(expected)); break;
                case 1: Assert.True(image.flatten(1).matmul(image.flatten(1).transpose(0, 1)).allclose(product)); break;
                case 2: Assert.Contains("aten::matmul", Refusal.Of(() => matmul(image, kernel)), StringComparison.Ordinal); break;
                case 3: Assert.Contains("aten::conv2d", Refusal.Of(() => F.conv2d(kernel, image)), StringComparison.Ordinal); break;
                case 4: Refusal.Of(() => zeros(-1)); break;
                case 5: Refusal.Of(() => empty(1L << 50)); break;
                case 6:
                    var leaf = rand([8L], requires_grad: true);
                    leaf.pow(2).sum().backward();
                    Assert.True(leaf.grad!.allclose(2 * leaf));
                    break;
                default:
                    var gone = rand(4);
                    gone.Dispose();
                    Assert.Contains("disposed", Refusal.Of(() => gone.exp()), StringComparison.Ordinal);
                    break;
            }
        });

        Assert.All(calls, count => Assert.True(count > 5, $"a thread made {count} calls"));
    }

    [Fact]
    public void A_tensor_disposed_by_another_thread_during_a_call_is_used_to_the_end_or_refused()
    {
        var shared = new Tensor[16];
        for (var i = 0; i < shared.Length; i++) shared[i] = ones(64, 64);
        try
        {
            InParallel(TimeSpan.FromSeconds(1), (_, random) =>
            {
                using var scope = NewDisposeScope();
                var place = random.Next(shared.Length);
                if (random.Next(4) == 0)
                {
                    Interlocked.Exchange(ref shared[place], ones(64, 64).DetachFromDisposeScope()).Dispose();
                    return;
                }
                var tensor = shared[place];
                var error = Record.Exception(() =>
                {
                    switch (random.Next(5))
                    {
                        case 0: Assert.Equal(64 * 64, tensor.sum().ToDouble()); break;
                        case 1: Assert.Equal(64, (double)tensor.matmul(tensor)[0, 0]); break;
                        case 2: Assert.All(tensor.data<float>().ToArray(), value => Assert.Equal(1, value)); break;
                        case 3: Assert.Equal([64L, 64L], tensor.shape); break;
                        default: Assert.Equal(2 * 64 * 64, cat([tensor, tensor]).sum().ToDouble()); break;
                    }
                });
                Assert.True(error is null || Refusal.IsProper(error), $"{error}");
            });
        }
        finally
        {
            foreach (var tensor in shared) tensor.Dispose();
        }
    }

    [Fact]
    public void Tensors_of_a_scope_may_be_disposed_by_other_threads_while_the_scope_grows()
    {
        using var scope = NewDisposeScope();
        var handed = new System.Collections.Concurrent.BlockingCollection<Tensor>(64);
        var disposers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            foreach (var tensor in handed.GetConsumingEnumerable()) tensor.Dispose();
        })).ToList();
        disposers.ForEach(thread => thread.Start());
        for (var i = 0; i < 20_000; i++)
        {
            var tensor = zeros(1);
            if (i % 2 == 0) handed.Add(tensor);
        }
        handed.CompleteAdding();
        disposers.ForEach(thread => thread.Join());
        Assert.Equal(10_000, scope.DisposablesView.Count(disposable => disposable is Tensor { IsInvalid: false }));
    }

    [Fact]
    public void A_generator_disposed_by_another_thread_is_used_to_the_end_or_refused()
    {
        var shared = new Generator(1);
        try
        {
            InParallel(TimeSpan.FromSeconds(0.5), (_, random) =>
            {
                using var scope = NewDisposeScope();
                if (random.Next(3) == 0)
                {
                    Interlocked.Exchange(ref shared, new Generator(1)).Dispose();
                    return;
                }
                var generator = shared;
                var error = Record.Exception(() =>
                {
                    if (random.Next(2) == 0) rand([16L], generator: generator);
                    else generator.get_state();
                });
                Assert.True(error is null || Refusal.IsProper(error), $"{error}");
            });
        }
        finally
        {
            shared.Dispose();
        }
    }

    [Fact]
    public void Modes_and_scopes_belong_to_their_thread()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        Tensor? other = null;
        var enabled = false;
        var thread = new Thread(() =>
        {
            enabled = is_grad_enabled();
            other = rand(2);
        });
        thread.Start();
        thread.Join();
        Assert.True(enabled);
        Assert.False(is_grad_enabled());
        Assert.False(scope.Contains(other!));
        other!.Dispose();
    }

    /// <summary>Runs an action again and again on several threads; the first failure of any is thrown.</summary>
    private static void InParallel(TimeSpan duration, Action<int, Random> body)
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var end = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        var threads = Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            var random = new Random(index);
            try
            {
                while (Environment.TickCount64 < end && failures.IsEmpty) body(index, random);
            }
            catch (Exception error)
            {
                failures.Enqueue(error);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.True(failures.IsEmpty, string.Join(Environment.NewLine, failures));
    }
}
