using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class ExternalProgramTests
{
    [Theory]
    [InlineData("kill -TERM $$")]
    [InlineData("exit 130")] // after Ctrl-C
    [InlineData("exit 255")] // how ffmpeg ends after either
    public void A_program_that_was_told_to_stop_with_us_has_not_found_a_damaged_file(string script)
        => Assert.Throws<OperationCanceledException>(() => ExternalProgram.Run("sh", ["-c", script], "none"));

    [Fact]
    public void Any_other_end_is_its_own_answer()
        => Assert.Equal((3, "said\n"), ExternalProgram.Run("sh", ["-c", "echo said; exit 3"], "none") is var (code, output, _) ? (code, output) : default);
}
