using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PECHead.Research.Acceleration;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Studio;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead studio</c>: a page on this machine to pose a face, compare models and look inside them.</summary>
internal static class StudioCommand
{
    private const int UsualPort = 8300;
    private const int PortsTried = 50;

    public static Command Create()
    {
        var model = ModelChoice.Several("Default: all whose reference weights are here, full first.");
        var port = Numbers.Whole("--port", "Port on this machine; the next free one if it is taken.", UsualPort, most: 65535);
        var noBrowser = new Option<bool>("--no-browser") { Description = "Only print the link." };
        var listen = new Option<string>("--listen")
        {
            Description = "Address to listen on. Another one than this machine's own needs --i-know.",
            DefaultValueFactory = _ => IPAddress.Loopback.ToString(),
        };
        var know = new Option<bool>("--i-know") { Description = "With --listen: others on the network can reach the studio. What they send, photographs among it, goes unencrypted, and whoever has the link can use it." };
        var precision = CommonOptions.Precision(Precision.Mixed);
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("studio", "Open a page on this machine: pose a photograph with sliders, compare models, look inside them, let a video or the camera drive.")
        {
            model, port, noBrowser, listen, know, precision, data, device,
        };
        command.SetAction((parsed, cancellation) => Run(
            new StudioOptions
            {
                // What others could reach is refused first.
                Listen = Address(parsed.GetValue(listen)!, parsed.GetValue(know)),
                Models = Models(parsed.GetValue(model) ?? []),
                Data = parsed.GetValue(data)!,
                Device = CommonOptions.ParseDevice(parsed.GetValue(device)!),
                Precision = parsed.GetValue(precision),
                Port = parsed.GetValue(port),
            },
            !parsed.GetValue(noBrowser), cancellation));
        return command;
    }

    private static IPAddress Address(string text, bool known)
    {
        if (!IPAddress.TryParse(text, out var address)) throw new ArgumentException($"--listen takes an address such as 127.0.0.1, not '{text}'.");
        return IPAddress.IsLoopback(address) || known ? address : throw new ArgumentException(
            $"--listen {address} lets others on the network reach the studio: photographs go unencrypted, and whoever has the link can use it. Add --i-know if that is what you want.");
    }

    private static StudioModel[] Models(string[] choices)
    {
        if (choices.Length == 0)
        {
            string[] settings = [.. AblationSettings.All.Select(setting => setting.Id).Reverse()];
            choices = [.. settings.Union(ModelCatalog.All.Select(entry => entry.Id)).Where(id => ModelCatalog.Reference(id).HasCheckpoint)];
            if (choices.Length == 0) throw new DataException("there are no reference weights", ModelCatalog.ReferenceFolder, "Call this from the folder of the project, or name a model with --model.");
        }
        var names = new HashSet<string>();
        return [.. choices.Select(choice =>
        {
            var path = ModelChoice.PathOf(choice);
            var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(choice));
            while (!names.Add(name)) name += "'";
            return new StudioModel(name, ModelCatalog.All.FirstOrDefault(entry => entry.Id == choice)?.Title ?? choice, path);
        })];
    }

    private static async Task<int> Run(StudioOptions options, bool browser, CancellationToken cancellation)
    {
        FaceStores.Networks(options.Data);
        await using var server = await Start(options);
        if (!IPAddress.IsLoopback(options.Listen)) Console.WriteLine($"Others on the network can reach this studio at {options.Listen}: photographs go unencrypted, and whoever has the link can use it.");
        if (options.Port != 0 && server.Address.Port != options.Port) Console.WriteLine($"Port {options.Port} is taken: this studio has port {server.Address.Port}.");
        Console.WriteLine(server.Link);
        foreach (var link in server.LinksForOthers.Where(link => link != server.Link)) Console.WriteLine($"From another machine: {link}");
        Console.WriteLine("Ctrl-C ends the studio, and removes what was uploaded.");
        if (browser) Open(server.Link);
        await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return 0;
    }

    private static async Task<StudioServer> Start(StudioOptions options)
    {
        for (var next = options.Port; ; next++)
        {
            try
            {
                return await StudioServer.Start(options with { Port = next });
            }
            catch (IOException) when (next < options.Port + PortsTried)
            {
                // Somebody has it: the next.
            }
            catch (SocketException failure)
            {
                var remedy = failure.SocketErrorCode == SocketError.AddressNotAvailable
                    ? "Name an address of this machine ('ip address' lists them), 127.0.0.1 for this machine only, or 0.0.0.0 for all of them."
                    : "Choose another port with --port, above 1023.";
                throw new DataException($"the studio cannot listen there: {failure.Message}", $"--listen {options.Listen}, port {next}", remedy, failure);
            }
        }
    }

    // A machine without a browser is no error: the link is printed.
    private static void Open(Uri link)
    {
        try
        {
            using var _ = Process.Start(new ProcessStartInfo(link.ToString()) { UseShellExecute = true });
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Console.WriteLine("Open the link in a browser.");
        }
    }
}
