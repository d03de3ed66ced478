using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.State;

/// <summary>An optimizer that is saved and loaded continues bit for bit; damage is refused and changes nothing.</summary>
public sealed class OptimizerStateTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.Float64, false)]
    public void Training_continued_from_a_saved_state_equals_training_that_never_stopped(ScalarType type, bool channelsLast)
    {
        var images = rand([2L, 2L, 8L, 8L], type);
        using var straight = ModuleStateTests.Net().to(type);
        using var straightOptimizer = Make(straight, channelsLast);
        Train(straight, straightOptimizer, images, 4);
        var (module, optimizer) = (ModuleStateTests.Saved(straight), Saved(straightOptimizer));
        Train(straight, straightOptimizer, images, 4);

        using var resumed = ModuleStateTests.Net().to(type);
        using var resumedOptimizer = Make(resumed, channelsLast);
        Train(resumed, resumedOptimizer, images, 1);
        resumed.load(new MemoryStream(module));
        Load(resumedOptimizer, optimizer);
        Assert.Equal(optimizer, Saved(resumedOptimizer));
        Train(resumed, resumedOptimizer, images, 4);

        Assert.Equal(ModuleStateTests.Saved(straight), ModuleStateTests.Saved(resumed));
        Assert.Equal(Saved(straightOptimizer), Saved(resumedOptimizer));
    }

    [Fact]
    public void A_learning_rate_changed_by_a_schedule_is_part_of_the_state()
    {
        using var net = ModuleStateTests.Net();
        using var first = optim.Adam(net.parameters(), 0.01);
        foreach (var group in first.ParamGroups) group.LearningRate *= 0.5;
        using var second = optim.Adam(net.parameters(), 0.3);
        Load(second, Saved(first));
        Assert.Equal((0.005, 0.01), (second.ParamGroups.Single().LearningRate, second.ParamGroups.Single().InitialLearningRate));
    }

    [Fact]
    public void A_state_cut_at_any_byte_is_invalid_and_changes_nothing()
    {
        using var net = nn.Linear(3, 2);
        using var optimizer = optim.Adam(net.parameters());
        Train(net, optimizer, rand(4, 3), 2);
        var whole = Saved(optimizer);
        Train(net, optimizer, rand(4, 3), 1);
        var before = Saved(optimizer);
        for (var length = 0; length < whole.Length; length++)
        {
            var part = whole[..length];
            Assert.Throws<InvalidDataException>(() => Load(optimizer, part));
        }
        Assert.Equal(before, Saved(optimizer));
    }

    [Fact]
    public void A_state_with_a_changed_byte_loads_or_is_refused()
    {
        using var net = nn.Linear(3, 2);
        using var optimizer = optim.Adam(net.parameters());
        Train(net, optimizer, rand(4, 3), 2);
        var whole = Saved(optimizer);
        for (var place = 0; place < whole.Length; place++)
        {
            foreach (var change in new byte[] { 1, 0x40, 0x80, 0xff })
            {
                var damaged = whole.ToArray();
                damaged[place] ^= change;
                var error = Record.Exception(() => Load(optimizer, damaged));
                Assert.True(error is null or InvalidDataException, $"byte {place} ^ {change}: {error}");
            }
        }
    }

    [Fact]
    public void A_state_of_other_parameters_or_another_optimizer_is_refused()
    {
        using var small = nn.Linear(3, 2);
        using var large = nn.Linear(3, 4);
        using var smallOptimizer = optim.Adam(small.parameters());
        using var largeOptimizer = optim.Adam(large.parameters());
        using var shortOptimizer = optim.Adam([small.weight]);
        Train(small, smallOptimizer, rand(4, 3), 1);
        var state = Saved(smallOptimizer);
        Assert.Contains("shape", Assert.Throws<InvalidDataException>(() => Load(largeOptimizer, state)).Message, StringComparison.Ordinal);
        Assert.Contains("2 parameters, not 1", Assert.Throws<InvalidDataException>(() => Load(shortOptimizer, state)).Message, StringComparison.Ordinal);
        state[1] = (byte)'B';
        Assert.Contains("'Bdam'", Assert.Throws<InvalidDataException>(() => Load(smallOptimizer, state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_goes_through_a_file()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var net = nn.Linear(3, 2);
        using var optimizer = optim.Adam(net.parameters());
        Train(net, optimizer, rand(4, 3), 1);
        try
        {
            optimizer.save_state_dict(path);
            using var other = optim.Adam(net.parameters());
            other.load_state_dict(path);
            Assert.Equal(Saved(optimizer), Saved(other));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Adam Make(nn.Module module, bool channelsLast)
        => optim.Adam((channelsLast ? Acceleration.MemoryFormat.ChannelsLast(module) : module).parameters(), 0.01, weight_decay: 0.01);

    private static void Train(nn.Module<Tensor, Tensor> module, Adam optimizer, Tensor input, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            optimizer.zero_grad();
            module.call(input).pow(2).mean().backward();
            optimizer.step();
        }
    }

    private static byte[] Saved(Adam optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        optimizer.save_state_dict(writer);
        return stream.ToArray();
    }

    private static void Load(Adam optimizer, byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        optimizer.load_state_dict(reader);
    }
}
