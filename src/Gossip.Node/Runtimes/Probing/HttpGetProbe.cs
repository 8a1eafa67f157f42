using System.Net;
using System.Net.Sockets;
using System.Text;
using Gossip.Core.Templates;

namespace Gossip.Node.Runtimes.Probing;

/// <summary>
/// Passes for a status of 200 to 399. As the kubelet does it: certificates are not verified, redirects are followed on the
/// same host only, and one that leads elsewhere passes. Each probe has a connection of its own, as a new client would.
/// </summary>
sealed class HttpGetProbe : IDisposable
{
    const int RedirectsMax = 10;

    readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxResponseDrainSize = 0,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });

    public async Task<Outcome> ActAsync(HttpGetAction action, string ip, CancellationToken cancel)
    {
        if (!TryAddress(action, ip, out var address)) return new Outcome(false, $"'{action.Path}' is no path of a URL");
        for (var hops = 0; hops <= RedirectsMax; hops++)
        {
            using var response = await GetAsync(action, address, cancel).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            if (IsRedirect(status) && response.Headers.Location is { } location)
            {
                var next = location.IsAbsoluteUri ? location : new Uri(address, location);
                if (!string.Equals(next.Host, address.Host, StringComparison.OrdinalIgnoreCase)) return new Outcome(true, $"redirected to {next.Host}, which was not followed");
                address = next;
                continue;
            }
            if (status is >= 200 and < 400) return new Outcome(true, "");
            var body = await HeadOfAsync(response, cancel).ConfigureAwait(false);
            return new Outcome(false, $"HTTP probe failed with statuscode: {status}{(body.Length > 0 ? $": {body}" : "")}");
        }
        return new Outcome(false, $"stopped after {RedirectsMax} redirects");
    }

    public void Dispose() => http.Dispose();

    Task<HttpResponseMessage> GetAsync(HttpGetAction action, Uri address, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreach (var header in action.Headers) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        if (!request.Headers.NonValidated.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", "gossip-probe");
        if (!request.Headers.NonValidated.Contains("Accept")) request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.ConnectionClose = true;
        return http.SendAsync(request, cancel);
    }

    static bool TryAddress(HttpGetAction action, string ip, out Uri address)
    {
        var host = action.Host.Length > 0 ? action.Host : ip;
        if (IPAddress.TryParse(host, out var literal) && literal.AddressFamily == AddressFamily.InterNetworkV6) host = $"[{host}]";
        var path = action.Path.StartsWith('/') ? action.Path : $"/{action.Path}";
        return Uri.TryCreate($"{(action.Tls ? "https" : "http")}://{host}:{action.Port}{path}", UriKind.Absolute, out address!);
    }

    static bool IsRedirect(int status) => status is 301 or 302 or 303 or 307 or 308;

    static async Task<string> HeadOfAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var head = new byte[Prober.MessageMax];
        await using var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var read = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        return Encoding.UTF8.GetString(head, 0, read).Trim();
    }
}
