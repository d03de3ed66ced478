namespace PECHead.Torch.Tests.Robustness;

/// <summary>What a bad call must do: give an exception of these families. Anything else is a bug of the binding.</summary>
internal static class Refusal
{
    internal static bool IsProper(Exception error) => error is TorchException or ArgumentException or NotSupportedException;

    /// <summary>Runs a call that must be refused, and gives the message.</summary>
    internal static string Of(Action call)
    {
        var error = Record.Exception(call);
        Assert.NotNull(error);
        Assert.True(IsProper(error), $"{error.GetType().Name}: {error.Message}");
        return error.Message;
    }
}
