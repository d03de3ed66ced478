using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PECHead.Studio.Server;

namespace PECHead.Studio;

/// <summary>A page on this machine that poses photographs, compares models and looks inside them.</summary>
/// <remarks>
/// Pictures go over one socket a page. Of what a page asks for the newest counts: requests that wait are dropped. A model has one thread,
/// a photograph is encoded once a model. Uploads lie in a folder of their own that is removed with the server.
/// </remarks>
public sealed class StudioServer : IAsyncDisposable
{
    private const int MostPages = 16;

    private readonly WebApplication _application;
    private readonly string _token;
    private readonly IPAddress _listen;
    private int _pages;

    private StudioServer(StudioOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Models.Count, nameof(options));
        (_token, _listen) = (options.Token ?? StudioToken.OfUser(), options.Listen);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.DefaultIgnoreCondition = Wire.Json.DefaultIgnoreCondition);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Photographs.LargestUpload;
            kestrel.Listen(options.Listen, options.Port);
        });
        _application = builder.Build();
        Workshop = new Workshop(options);
        _application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        var guard = new Guard(_token, options.Listen);
        _application.Use(next => context => guard.Check(context, next));
        StudioRoutes.Map(_application, Workshop);
        _application.Map("/socket", Talk);
    }

    /// <summary>What all pages share.</summary>
    internal Workshop Workshop { get; }

    /// <summary>The link to open: address and token.</summary>
    public Uri Link => new($"{Address}?token={_token}");

    /// <summary>Links that open it on other machines: one for every address of this machine that it listens on. None where it listens on this machine only.</summary>
    public IReadOnlyList<Uri> LinksForOthers => [.. Reached().Select(address => new UriBuilder(Link) { Host = address.ToString() }.Uri)];

    /// <summary>Where it listens.</summary>
    public Uri Address
    {
        get
        {
            var bound = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            // Every address of the machine is no address to open.
            return IPAddress.TryParse(bound.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? new UriBuilder(bound) { Host = "127.0.0.1" }.Uri : bound;
        }
    }

    /// <summary>Starts a server. Models are loaded when they are first needed.</summary>
    /// <param name="options">What it shows, and where.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="SocketException">The machine does not have the address, or the user may not listen there.</exception>
    public static async Task<StudioServer> Start(StudioOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var server = new StudioServer(options);
        try
        {
            await server._application.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the pages, the threads of the models, and all files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(TimeSpan.FromSeconds(2));
        await _application.DisposeAsync();
        Workshop.Dispose();
    }

    private IEnumerable<IPAddress> Reached()
    {
        if (IPAddress.IsLoopback(_listen)) return [];
        if (!_listen.Equals(IPAddress.Any) && !_listen.Equals(IPAddress.IPv6Any)) return [_listen];
        return NetworkInterface.GetAllNetworkInterfaces().Where(card => card.OperationalStatus == OperationalStatus.Up)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(one => one.Address)
            .Where(address => !IPAddress.IsLoopback(address) && address.AddressFamily == AddressFamily.InterNetwork);
    }

    private async Task Talk(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Guard.Refuse(context.Response, StatusCodes.Status400BadRequest, "This address is for a WebSocket.");
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _pages) > MostPages)
            {
                await Guard.Refuse(context.Response, StatusCodes.Status503ServiceUnavailable, $"{MostPages} pages are open, and the studio serves no more. Close one.");
                return;
            }
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var session = new Session(socket, Workshop);
            await session.Run(_application.Lifetime.ApplicationStopping);
        }
        finally
        {
            Interlocked.Decrement(ref _pages);
        }
    }

    /// <summary>The program that started the server ends it: Ctrl-C is not the server's.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
