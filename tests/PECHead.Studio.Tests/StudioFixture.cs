using PECHead.Experiments.Tests;
using PECHead.Research.Catalog;

namespace PECHead.Studio.Tests;

/// <summary>A studio with the six reference models, for all tests of a class.</summary>
public sealed class StudioFixture : IAsyncLifetime
{
    /// <summary>The secret of these tests.</summary>
    public const string Token = "0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly string Root = Path.GetDirectoryName(NpmPackages.Data)!;

    /// <summary>The folder of the project.</summary>
    public static string Project => Root;

    /// <summary>The six settings, full first.</summary>
    public static string[] Settings { get; } = ["full", "mmfa", "featcat", "direct", "lmk", "kp"];

    /// <summary>The studio.</summary>
    public StudioServer Server { get; private set; } = null!;

    /// <summary>A studio of its own for a test that ends it, or needs other models.</summary>
    public static Task<StudioServer> Start(int port = 0, IReadOnlyList<string>? models = null) => StudioServer.Start(new StudioOptions
    {
        Models = [.. (models ?? Settings).Select(id => new StudioModel(id, id, Path.Combine(Root, ModelCatalog.Reference(id).Path)))],
        Data = NpmPackages.Data,
        Port = port,
        Token = Token,
    });

    public async Task InitializeAsync() => Server = await Start();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
