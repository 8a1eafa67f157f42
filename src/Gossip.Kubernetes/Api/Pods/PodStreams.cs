using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Api.Http;
using Gossip.Node;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api.Pods;

/// <summary>
/// Seeing into pods: <c>log</c>, <c>exec</c> and <c>attach</c> as Kubernetes has them, and <c>copy</c>, which it has not. Each answers
/// as a stream and returns null then, or refuses with a <c>Status</c> while nothing was sent.
/// </summary>
static class PodStreams
{
    /// <summary>Who follows a quiet log is told after so long that it is being followed; a refusal by another node comes sooner.</summary>
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    public static async Task<ApiAnswer?> CopyAsync(HttpContext context, PodAccess pods, string ns, string pod)
    {
        var query = context.Request.Query;
        if (query["path"].ToString() is not { Length: > 0 } path)
            return Statuses.BadRequest("path: name a file or folder of the container");
        await using var output = new ResponseStream(context.Response, "application/x-tar", null);
        return await SendAsync(context, output, (to, cancel) => pods.CopyOutAsync(ns, pod, query["container"], path, to, cancel));
    }

    public static async Task<ApiAnswer?> LogAsync(ApiCall call)
    {
        if (await FindAsync(call) is { } absent) return absent;
        var (context, path, query, pods, clock) = (call.Context, call.Path, call.Query, call.Cluster.Pods, call.Cluster.Clock);
        var (tail, seconds, limit) = (Number(query, "tailLines"), Number(query, "sinceSeconds"), Number(query, "limitBytes"));
        if ((tail.Wrong ?? seconds.Wrong ?? limit.Wrong) is { } wrong) return Statuses.BadRequest(wrong);
        WallTime? since = seconds.Number is { } ago ? new WallTime(clock.GetUtcNow().ToUnixTimeMilliseconds() - ago * 1000L) : null;
        if (query["sinceTime"].ToString() is { Length: > 0 } time)
        {
            if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from))
                return Statuses.BadRequest($"sinceTime: '{time}' is no RFC 3339 time");
            if (since is not null) return Statuses.BadRequest("sinceSeconds and sinceTime: give one of them");
            since = new WallTime(from.ToUnixTimeMilliseconds());
        }
        var wanted = new LogQuery(Is(query, "follow"), tail.Number, since, Is(query, "previous"), Is(query, "timestamps"));
        await using var output = new ResponseStream(context.Response, "text/plain", limit.Number);
        return await SendAsync(
            context, output, (to, cancel) => pods.ReadLogsAsync(path.Namespace, path.Name, query["container"], wanted, to, cancel));
    }

    static async Task<ApiAnswer?> SendAsync(HttpContext context, ResponseStream output, Func<Stream, CancellationToken, Task> send)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, output.Full);
        try
        {
            var sending = send(output, end.Token);
            if (await Task.WhenAny(sending, Task.Delay(Quiet, end.Token)) != sending) await output.BeginAsync();
            await sending;
            await output.BeginAsync(); // nothing is an answer too
            return null;
        }
        catch (PodAccessException refused) when (!output.HasBegun)
        {
            return Statuses.BadRequest(refused.Message);
        }
        catch (PodAccessException)
        {
            context.Abort(); // a cut answer must not look like a whole one
            return null;
        }
        catch (OperationCanceledException) when (output.Full.IsCancellationRequested)
        {
            return null;
        }
    }

    public static async Task<ApiAnswer?> ConsoleAsync(ApiCall call)
    {
        if (await FindAsync(call) is { } absent) return absent;
        var (context, path, query, pods, ct) = (call.Context, call.Path, call.Query, call.Cluster.Pods, call.Gone);
        var isExec = path.Subresource == "exec";
        string[] command = [.. query["command"].OfType<string>()];
        if (isExec && command.Length == 0) return Statuses.BadRequest("command: name at least one word");
        var container = query["container"].ToString();
        try
        {
            await pods.CheckAsync(path.Namespace, path.Name, container, ct);
        }
        catch (PodAccessException refused)
        {
            return Statuses.BadRequest(refused.Message);
        }
        var (socket, problem) = await ConsoleSocket.AcceptAsync(context, RemoteConsole.Protocols);
        if (socket is null) return problem;
        using var _ = socket;
        await using var remote = new RemoteConsole(
            socket, new RemoteConsole.Wants(Is(query, "stdin"), Is(query, "stdout"), Is(query, "stderr"), Is(query, "tty")), ct);
        await remote.ServeAsync(async (console, cancel) =>
        {
            if (isExec) return await pods.ExecAsync(path.Namespace, path.Name, container, [.. command], console, cancel);
            await pods.AttachAsync(path.Namespace, path.Name, container, console, cancel);
            return 0;
        });
        return null;
    }

    /// <summary>A number, or what is wrong with it.</summary>
    static (int? Number, string? Wrong) Number(IQueryCollection query, string name)
    {
        if (query[name].ToString() is not { Length: > 0 } text) return default;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, null)
            : (null, $"{name}: '{text}' is no whole number from 0 to {int.MaxValue}");
    }

    static bool Is(IQueryCollection query, string name) => query[name].ToString() is "true" or "1";

    /// <summary>Null when the pod is there.</summary>
    static async Task<ApiAnswer?> FindAsync(ApiCall call)
    {
        var path = call.Path;
        var view = (await call.Cluster.LookAsync(call.Gone)).View;
        return view.Pods.Any(pod => pod.Namespace == path.Namespace && pod.Name == path.Name)
            ? null
            : Statuses.NotFound(path.Kind, path.Name);
    }
}
