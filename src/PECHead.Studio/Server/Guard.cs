using System.Net;
using Microsoft.AspNetCore.Http;

namespace PECHead.Studio.Server;

/// <summary>
/// Lets in whoever holds the token, and nobody whom a page of another site sends: the host must be this server, the origin its own page.
/// </summary>
/// <param name="token">The secret.</param>
/// <param name="listen">Where the server listens.</param>
internal sealed class Guard(string token, IPAddress listen)
{
    private const string Cookie = "pechead-studio";

    /// <summary>Checks a request, and goes on.</summary>
    public async Task Check(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        SetHeaders(response.Headers);
        if (!IsOwnHost(request.Host))
        {
            await Refuse(response, StatusCodes.Status403Forbidden, "This address is not that of the studio.");
            return;
        }
        response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
            + $"connect-src 'self' ws://{request.Host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        // A browser names the page that opens a socket or posts; another program need not.
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 ? origin != $"http://{request.Host}" : context.WebSockets.IsWebSocketRequest)
        {
            await Refuse(response, StatusCodes.Status403Forbidden, "A page of another site may not use the studio.");
            return;
        }
        var given = request.Query["token"].ToString();
        if (given.Length > 0 && StudioToken.Equal(given, token))
        {
            response.Cookies.Append(Cookie, token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
        }
        else if (!StudioToken.Equal(request.Cookies[Cookie], token))
        {
            await Refuse(response, StatusCodes.Status401Unauthorized, "Open the link that 'pechead studio' printed: it has a token.");
            return;
        }
        await next(context);
    }

    /// <summary>Refuses a request, and says why.</summary>
    public static Task Refuse(HttpResponse response, int status, string why)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(why);
    }

    // A name that is not this machine's may be anybody's: its owner could let it point here. A number is always what it says.
    private bool IsOwnHost(HostString host)
    {
        if (host.Host is "localhost" or "127.0.0.1" or "[::1]") return true;
        return !IPAddress.IsLoopback(listen) && (IPAddress.TryParse(host.Host, out _) || string.Equals(host.Host, Environment.MachineName, StringComparison.OrdinalIgnoreCase));
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(self), microphone=()";
        headers.CacheControl = "no-store";
    }
}
