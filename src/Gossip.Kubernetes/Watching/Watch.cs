using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Api.Http;

namespace Gossip.Kubernetes.Watching;

/// <summary>
/// Answers a watch: one connection that is told of the changes that its selectors choose, as long as it reads. It keeps a number, and no
/// events: one that reads too slowly finds that they are gone, and one that does not read at all is cut off.
/// </summary>
sealed class Watch(ApiCall call, KindHistory history, Choice choice, ShownForm form, WatchOptions options)
{
    /// <summary>More often than the minute that Kubernetes takes, for histories here are shorter.</summary>
    internal static readonly TimeSpan BookmarkEvery = TimeSpan.FromSeconds(30);

    /// <summary>Sent at once; more waits until the client has read it.</summary>
    const int FlushAt = 32 << 10;

    readonly PipeWriter body = call.Context.Response.BodyWriter;
    ulong told;
    long marked = call.Cluster.Clock.GetTimestamp();

    /// <summary>Always null: what refuses it is an event, too.</summary>
    public async Task<ApiAnswer?> AnswerAsync()
    {
        var cluster = await call.Cluster.LookAsync(call.Gone);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.Gone);
        end.CancelAfter(options.Span);
        call.Cluster.Histories.Join(history);
        try
        {
            var state = history.Advance(cluster);
            call.Context.Response.ContentType = "application/json";
            call.Context.Response.Headers.CacheControl = "no-cache, private";
            await call.Context.Response.StartAsync(end.Token);
            if (options.Version is not { } version) await RefuseAsync(ReadOptions.Foreign(options.Text), end.Token);
            else if (version > state.Number) await RefuseAsync(ReadOptions.TooOld(options.Text), end.Token);
            else await FollowAsync(state, version, end.Token);
        }
        catch (OperationCanceledException)
        {
            // Its time is over, or the client is gone.
        }
        catch (TimeoutException)
        {
            call.Context.Abort();
        }
        finally
        {
            call.Cluster.Histories.Leave(history);
        }
        return null;
    }

    async Task FollowAsync(KindSnapshot state, ulong version, CancellationToken ct)
    {
        told = options.TellsState || version == 0 ? state.Number : version;
        if (options.TellsState)
            foreach (var shown in state.Items)
                if (choice.Sees(shown)) await WriteAsync("ADDED", form.Alone(shown, call.Cluster.Clock.GetUtcNow()), ct);
        if (options.MarksState) await WriteAsync("BOOKMARK", form.Bookmark(state.Version, endsInitial: true), ct);
        await FlushAsync(ct);
        while (true)
        {
            var changed = history.NextChange;
            if (history.Since(told) is not { } changes)
            {
                await RefuseAsync(ReadOptions.TooOld(history.Life.Text(told)), ct);
                return;
            }
            foreach (var change in changes)
            {
                if (change.TypeFor(choice) is { } type) await WriteAsync(type, change.In(form, call.Cluster.Clock.GetUtcNow()), ct);
                told++;
            }
            await FlushAsync(ct);
            await WaitAsync(changed, ct);
        }
    }

    /// <summary>For the next change, or for the time of the next bookmark.</summary>
    async Task WaitAsync(Task changed, CancellationToken ct)
    {
        try
        {
            await changed.WaitAsync(options.Bookmarks ? BookmarkEvery : Timeout.InfiniteTimeSpan, ct);
        }
        catch (TimeoutException)
        {
            // Nothing has changed.
        }
        var clock = call.Cluster.Clock;
        if (!options.Bookmarks || clock.GetElapsedTime(marked) < BookmarkEvery) return;
        marked = clock.GetTimestamp();
        await WriteAsync("BOOKMARK", form.Bookmark(history.Life.Text(told), endsInitial: false), ct);
    }

    async Task RefuseAsync(ApiAnswer refusal, CancellationToken ct)
    {
        await WriteAsync("ERROR", Encoding.UTF8.GetBytes(refusal.Body.ToJsonString()), ct);
        await FlushAsync(ct);
    }

    async Task WriteAsync(string type, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        body.Write(Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        body.Write(json.Span);
        body.Write("}\n"u8);
        if (body.UnflushedBytes > FlushAt) await FlushAsync(ct);
    }

    async Task FlushAsync(CancellationToken ct)
    {
        var flushed = await body.FlushAsync(ct).AsTask().WaitAsync(call.Cluster.Histories.ReadWithin, ct);
        if (flushed.IsCompleted) throw new OperationCanceledException(ct);
    }
}
