using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>
/// Refuses what a web page can make a browser send, on every path and before anything else looks at the request. A page of another
/// site shows itself by Origin or Sec-Fetch-Site; a name that its owner points at this machine (DNS rebinding) shows itself by Host;
/// and the content types that a page may send without asking first are none that the API reads.
/// </summary>
/// <remarks>ASP.NET's HostFiltering compares no ports and does not answer with a Status.</remarks>
/// <param name="told">Hosts, with their ports, that the server is also known by, such as those of a proxy before it.</param>
sealed class RequestGuard(IReadOnlyList<HostString> told)
{
    const int HttpPort = 80, HttpsPort = 443;

    /// <summary>Why the request goes no further; null when it may.</summary>
    public ApiAnswer? Refuse(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwn(request.Host, context))
            return Statuses.Forbidden(
                $"Host: '{Short(request.Host.Value)}' is not a name of this server: "
                + $"use localhost:{context.Connection.LocalPort} or its address");
        if (request.Headers.Origin is { Count: > 0 } origin && !IsOwnOrigin(origin.ToString(), request))
            return Statuses.Forbidden($"Origin: requests of web pages of '{Short(origin.ToString())}' are not taken");
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin"))
            return Statuses.Forbidden("Sec-Fetch-Site: requests of web pages of other sites are not taken");
        return HasBody(context) ? RefuseType(request) : null;
    }

    static ApiAnswer? RefuseType(HttpRequest request)
    {
        if (MediaTypes.IsKnown(MediaTypes.Of(request.ContentType))) return null;
        var (isPatch, type) = (HttpMethods.IsPatch(request.Method), request.ContentType ?? "");
        if (type.Length > 0) return MediaTypes.Refuse(Short(type), isPatch);
        return IsOldKubectl(request) ? null : Statuses.UnsupportedMediaType($"Content-Type is missing: send {MediaTypes.Advice(isPatch)}");
    }

    /// <summary>
    /// <c>kubectl create configmap</c> and its like send JSON without a type in version 1.20. A page can send a body without a type too,
    /// but it cannot name itself kubectl: a browser asks the server before it sends a User-Agent of the page's choice.
    /// </summary>
    static bool IsOldKubectl(HttpRequest request) => request.Headers.UserAgent.ToString().StartsWith("kubectl/", StringComparison.Ordinal);

    bool IsOwn(HostString host, HttpContext context)
    {
        if (!host.HasValue) return false;
        var usual = context.Request.IsHttps ? HttpsPort : HttpPort;
        var port = host.Port ?? usual;
        foreach (var other in told)
            if ((other.Port ?? usual) == port && string.Equals(other.Host, host.Host, StringComparison.OrdinalIgnoreCase)) return true;
        if (port != context.Connection.LocalPort) return false;
        if (string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host.Host, out var address)
            && (IPAddress.IsLoopback(address) || address.Equals(Plain(context.Connection.LocalIpAddress)));
    }

    static bool IsOwnOrigin(string origin, HttpRequest request) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);

    static bool HasBody(HttpContext context) =>
        context.Request.ContentLength is { } length
            ? length > 0
            : context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    /// <summary>A server that listens on IPv6 for both sees IPv4 addresses in the form of IPv6.</summary>
    static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    static string Short(string? text) => text is null ? "" : text.Length <= 80 ? text : $"{text[..80]}…";
}
