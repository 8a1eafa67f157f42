using System.Globalization;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Node.Runtimes.Probing;

/// <summary>How a probe or hook ended, and what there is to say of it.</summary>
readonly record struct Outcome(bool Passed, string Message);

/// <summary>
/// Does what probes and hooks ask for: over the network from here, commands inside the container through its runtime. Never
/// throws for what the pod does, and answers within the time that the core gave, counted from when it was its turn.
/// </summary>
sealed class Prober : IDisposable
{
    /// <summary>Commands and connections under way at once: more would be felt by the pods that they watch.</summary>
    public const int MostAtOnce = 64;

    /// <summary>As much of a message as events and statuses carry.</summary>
    public const int MessageMax = 1024;

    readonly SemaphoreSlim turns = new(MostAtOnce);
    readonly HttpGetProbe http = new();
    readonly GrpcProbe grpc = new();

    /// <param name="runtime">The pod's; null when this node does not have it.</param>
    /// <exception cref="OperationCanceledException">Only when <paramref name="stop"/> says so.</exception>
    public async Task<Outcome> ActAsync(RunAction action, IPodRuntime? runtime, CancellationToken stop)
    {
        if (action.Action is SleepAction sleep) return await SleepAsync(sleep.For, action.Within, stop).ConfigureAwait(false);
        await turns.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(action.Within);
            var outcome = await BeginAsync(action, runtime, deadline.Token).WaitAsync(deadline.Token).ConfigureAwait(false);
            return outcome with { Message = Cut(outcome.Message) };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Outcome(false, string.Create(CultureInfo.InvariantCulture, $"no answer within {action.Within.TotalSeconds:0.###} s"));
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            return new Outcome(false, Cut(Innermost(failed).Message));
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        grpc.Dispose();
    }

    Task<Outcome> BeginAsync(RunAction action, IPodRuntime? runtime, CancellationToken cancel) => action.Action switch
    {
        HttpGetAction get => http.ActAsync(get, action.Ip, cancel),
        TcpSocketAction tcp => TcpProbe.ActAsync(tcp, action.Ip, cancel),
        GrpcAction call => grpc.ActAsync(call, action.Ip, cancel),
        ExecAction _ when runtime is null => Task.FromResult(new Outcome(false, $"this node has no runtime {action.Runtime}")),
        ExecAction exec => ExecProbe.ActAsync(exec, action, runtime!, cancel),
        _ => throw new InvariantBroken($"no prober does {action.Action.GetType().Name}"),
    };

    static async Task<Outcome> SleepAsync(TimeSpan time, TimeSpan within, CancellationToken stop)
    {
        await Task.Delay(time < within ? time : within, stop).ConfigureAwait(false);
        return new Outcome(time <= within, "");
    }

    /// <summary>What an HTTP client wraps says less than what it wrapped.</summary>
    static Exception Innermost(Exception failed) => failed.InnerException is SocketException or IOException ? Innermost(failed.InnerException) : failed;

    static string Cut(string text) => text.Length <= MessageMax ? text : $"{text[..(MessageMax - 1)]}…";
}
