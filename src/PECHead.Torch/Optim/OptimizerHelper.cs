using System.Text;
using PECHead.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What optimizers written in C# share: parameters, one learning rate, and a state that can be saved.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly List<Parameter> _parameters;
    private readonly Group _group;

    private protected OptimizerHelper(IEnumerable<Parameter> parameters, double lr)
    {
        _parameters = [.. parameters];
        _group = new Group { LearningRate = lr, InitialLearningRate = lr };
    }

    public override IEnumerable<optim.ILearningRateController> ParamGroups => [_group];

    private protected double LearningRate => _group.LearningRate;

    public override IEnumerable<Parameter> parameters() => _parameters;

    /// <summary>Writes the learning rate and what the optimizer remembers of each parameter.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        writer.Write(_group.LearningRate);
        writer.Write(_group.InitialLearningRate);
        writer.Write7BitEncodedInt(_parameters.Count);
        for (var i = 0; i < _parameters.Count; i++) SaveState(writer, i);
    }

    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location), Encoding.UTF8);
        save_state_dict(writer);
    }

    /// <summary>Reads what <see cref="save_state_dict(BinaryWriter)"/> wrote; the optimizer changes only if all of it fits.</summary>
    /// <exception cref="InvalidDataException">The state is of another optimizer, of other parameters, or damaged.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        try
        {
            var kind = nn.Module.ReadName(reader);
            if (kind != GetType().Name) throw new FormatException($"it belongs to '{kind}', not to {GetType().Name}");
            var rate = ReadRate(reader);
            var initialRate = ReadRate(reader);
            var count = reader.Read7BitEncodedInt();
            if (count != _parameters.Count) throw new FormatException($"it is of {count} parameters, not {_parameters.Count}");
            var changes = new List<Action>();
            for (var i = 0; i < count; i++) changes.Add(ReadState(reader, i));
            foreach (var change in changes) change();
            (_group.LearningRate, _group.InitialLearningRate) = (rate, initialRate);
        }
        catch (Exception error) when (error is FormatException or EndOfStreamException or OverflowException or ArgumentException or TorchException)
        {
            throw new InvalidDataException($"the optimizer state cannot be read: {error.Message}", error);
        }
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location), Encoding.UTF8);
        load_state_dict(reader);
    }

    private protected abstract void SaveState(BinaryWriter writer, int index);

    /// <summary>Reads the state of one parameter, and gives what puts it into effect.</summary>
    private protected abstract Action ReadState(BinaryReader reader, int index);

    private static double ReadRate(BinaryReader reader)
    {
        var rate = reader.ReadDouble();
        return double.IsFinite(rate) && rate >= 0 ? rate : throw new FormatException($"a learning rate of {rate}");
    }

    private protected Parameter ParameterAt(int index) => _parameters[index];

    private sealed class Group : optim.ILearningRateController
    {
        public double LearningRate { get; set; }

        public double InitialLearningRate { get; set; }
    }
}
