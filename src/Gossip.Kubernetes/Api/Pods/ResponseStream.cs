using Gossip.Node.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gossip.Kubernetes.Api.Pods;

/// <summary>
/// A response that begins with its first byte, so that what fails before it can still be answered with a <c>Status</c>. Every
/// write is sent at once: somebody follows.
/// </summary>
/// <param name="most">Bytes; null for no bound.</param>
sealed class ResponseStream(HttpResponse response, string contentType, long? most) : OutputStream, IAsyncDisposable
{
    readonly SemaphoreSlim turn = new(1);
    readonly CancellationTokenSource full = new();
    long left = most ?? long.MaxValue;

    public bool HasBegun { get; private set; }

    /// <summary>Cancelled when there were as many bytes as were asked for; more are let go.</summary>
    public CancellationToken Full => full.Token;

    public async Task BeginAsync()
    {
        await turn.WaitAsync();
        try
        {
            await EnsureBegunAsync();
            await response.Body.FlushAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var taken = buffer[..(int)Math.Min(buffer.Length, left)];
            left -= taken.Length;
            await EnsureBegunAsync();
            if (!taken.IsEmpty) await response.Body.WriteAsync(taken, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
        if (left == 0) await full.CancelAsync();
    }

    async Task EnsureBegunAsync()
    {
        if (HasBegun) return;
        HasBegun = true;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, private";
        response.HttpContext.AllowSlowReader();
        await response.StartAsync();
    }
}

static class SlowReaders
{
    /// <summary>Somebody who reads a log page by page is not an attacker: Kestrel's least rate does not hold for streams.</summary>
    public static void AllowSlowReader(this HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }
}
