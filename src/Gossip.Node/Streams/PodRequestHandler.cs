using System.Collections.Immutable;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Node.Streams;

/// <summary>Answers what other nodes ask about the pods of this one.</summary>
/// <param name="runtimeOf">By runtime class; null when this node does not have it.</param>
sealed class PodRequestHandler(Func<string, IPodRuntime?> runtimeOf)
{
    /// <summary>Each may hold a window of input and two frames: 64 x 0.5 MB.</summary>
    public const int SessionsMax = 64;

    static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(2);

    int sessions;

    /// <summary>Serves one session to its end.</summary>
    /// <param name="stop">This node stops.</param>
    /// <returns>What the asker did wrong, if anything.</returns>
    public async Task<Reject> ServeAsync(SealedConnection connection, NodeAddress _, CancellationToken stop)
    {
        await using var session = new PodSession(connection, asks: false);
        var receiving = session.Begin();
        try
        {
            if (Interlocked.Increment(ref sessions) > SessionsMax)
            {
                await session.RefuseAsync(
                    $"the pod's node serves {SessionsMax} others who look into its pods: try again in a while").ConfigureAwait(false);
                await session.LingerAsync().ConfigureAwait(false);
                return Reject.None;
            }
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, session.Gone);
            var question = PodQuestionCodec.Read(await session.Question.WaitAsync(AskWithin, stop).ConfigureAwait(false));
            await AnswerAsync(question, session, end.Token).ConfigureAwait(false);
            await session.LingerAsync().ConfigureAwait(false);
        }
        catch (MessagePackSerializationException)
        {
            return Reject.Malformed;
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or TimeoutException)
        {
            // It went away, asked nothing, or we stop.
        }
        finally
        {
            Interlocked.Decrement(ref sessions);
        }
        session.Close();
        return await receiving.ConfigureAwait(false);
    }

    /// <summary>Does what is asked on this node's own runtimes.</summary>
    /// <returns>The exit code, of a command; else 0.</returns>
    public async Task<int> PerformAsync(PodQuestion question, PodConsole console, CancellationToken cancel)
    {
        switch (question)
        {
            case LogsQuestion logs:
                await Of(logs.At).ReadLogsAsync(logs.At.Pod, logs.Container, logs.Query, console.Output, cancel).ConfigureAwait(false);
                return 0;
            case ExecQuestion exec:
                return await Of(exec.At).ExecAsync(exec.At.Pod, exec.Container, exec.Command, console, cancel).ConfigureAwait(false);
            case AttachQuestion attach:
                await Of(attach.At).AttachAsync(attach.At.Pod, attach.Container, console, cancel).ConfigureAwait(false);
                return 0;
            case CopyQuestion copy:
                await Of(copy.At).CopyOutAsync(copy.At.Pod, copy.Container, copy.Path, console.Output, cancel).ConfigureAwait(false);
                return 0;
            case UsageQuestion usage:
                await console.Output.WriteAsync(
                    UsageAnswer.Write(await UsageAsync(usage, cancel).ConfigureAwait(false)), cancel).ConfigureAwait(false);
                return 0;
            default:
                throw new InvariantBroken($"nobody answers {question.GetType().Name}");
        }
    }

    /// <summary>In the order of the question; empty for a pod that cannot say.</summary>
    public async Task<ImmutableArray<ImmutableArray<ContainerUsage>>> UsageAsync(UsageQuestion question, CancellationToken cancel)
    {
        var used = ImmutableArray.CreateBuilder<ImmutableArray<ContainerUsage>>(question.At.Length);
        foreach (var place in question.At)
            try
            {
                used.Add(await Of(place).UsageAsync(place.Pod, cancel).ConfigureAwait(false));
            }
            catch (PodAccessException)
            {
                used.Add([]);
            }
        return used.MoveToImmutable();
    }

    async Task AnswerAsync(PodQuestion question, PodSession session, CancellationToken cancel)
    {
        var (hasInput, terminal) = question switch
        {
            ExecQuestion exec => (exec.HasInput, exec.Terminal),
            AttachQuestion attach => (attach.HasInput, attach.Terminal),
            _ => (false, false),
        };
        var console = new PodConsole(hasInput ? session.Input : null, session.Output, session.Errors, terminal ? session.Sizes : null);
        string refusal;
        try
        {
            await session.DoneAsync(await PerformAsync(question, console, cancel).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }
        catch (PodAccessException cannot)
        {
            refusal = cannot.Message;
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested) // a runtime that breaks breaks this answer, not the node
        {
            refusal = $"the pod's runtime failed: {fault.Message}";
        }
        await session.RefuseAsync(refusal).ConfigureAwait(false);
    }

    IPodRuntime Of(PodPlace place) =>
        runtimeOf(place.Runtime) ?? throw new PodAccessException($"the pod's node has no runtime {place.Runtime} any more");
}
