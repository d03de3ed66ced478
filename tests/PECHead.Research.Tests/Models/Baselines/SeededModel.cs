using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Models whose weights are the same in every run.</summary>
internal static class SeededModel
{
    /// <summary>Builds a model, for inference. Its constructor draws from libtorch's one generator, from which other tests draw at the same time: two that are equal had it alone.</summary>
    public static T Make<T>(long seed, Func<T> make)
        where T : nn.Module
    {
        while (true)
        {
            using var other = Draw();
            var model = Draw();
            if (model.state_dict().All(entry => entry.Value.allclose(other.state_dict()[entry.Key], 0, 0)))
            {
                model.eval();
                return model;
            }
            model.Dispose();
        }

        T Draw()
        {
            random.manual_seed(seed);
            return make();
        }
    }
}
