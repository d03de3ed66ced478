using System.Security.Cryptography;
using System.Text;

namespace PECHead.Studio;

/// <summary>The secret in a studio's link. It is kept for the user, so that an open page finds a studio that was started again.</summary>
public static class StudioToken
{
    private const int Bytes = 24;

    /// <summary>The token of the user who runs this program, made where there is none.</summary>
    /// <exception cref="IOException">The user's folder for program data cannot be written.</exception>
    public static string OfUser()
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "pechead");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "studio-token");
        if (File.Exists(file) && File.ReadAllText(file) is { Length: 2 * Bytes } kept) return kept;
        var token = New();
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.ASCII.GetBytes(token));
        return token;
    }

    /// <summary>A token that nobody knows.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Compares without telling by the time how much of a guess is right.</summary>
    internal static bool Equal(string? given, string token)
        => given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));
}
