using System.Threading.Channels;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Node.Streams;

/// <summary>Asks another node about its pods: the other end of <see cref="PodRequestHandler"/>.</summary>
/// <param name="connect">Throws <see cref="ConnectionLost"/> when nobody answers.</param>
sealed class PodCalls(Func<NodeAddress, CancellationToken, Task<SealedConnection>> connect)
{
    /// <summary>Asks, carries input there and output back, and returns how it ended.</summary>
    /// <param name="node">Its name, for people.</param>
    /// <param name="console">Its input and sizes may be null.</param>
    /// <exception cref="PodAccessException">The node refused, or went away. What the console's streams throw is thrown as it is.
    /// </exception>
    public async Task<int> AskAsync(string node, NodeAddress address, PodQuestion question, PodConsole console, CancellationToken cancel)
    {
        var bytes = PodQuestionCodec.Write(question);
        try
        {
            await using var session = new PodSession(await connect(address, cancel).ConfigureAwait(false), asks: true);
            _ = session.Begin();
            await using var leave = cancel.UnsafeRegister(static session => ((PodSession)session!).Close(), session);
            await TryAskAsync(session, bytes).ConfigureAwait(false);
            // Neither is waited for: who types may never stop, and cannot be asked to.
            _ = SendInputAsync(console.Input, session);
            _ = ResizeAsync(console.Sizes, session);
            await Task.WhenAll(
                CopyAsync(session, session.Output, console.Output, cancel),
                CopyAsync(session, session.Errors, console.Error, cancel)).ConfigureAwait(false);
            return await session.Result.ConfigureAwait(false);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (ConnectionLost lost)
        {
            throw new PodAccessException($"node {node} at {address}: {lost.Message}");
        }
    }

    static async Task TryAskAsync(PodSession session, byte[] question)
    {
        try
        {
            await session.AskAsync(question).ConfigureAwait(false);
        }
        catch (ConnectionLost)
        {
            // The result says why.
        }
    }

    /// <summary>From there to here. That the session is lost its result says.</summary>
    static async Task CopyAsync(PodSession session, Stream from, Stream to, CancellationToken cancel)
    {
        var buffer = new byte[SealedConnection.Data];
        while (true)
        {
            int read;
            try
            {
                read = await from.ReadAsync(buffer, cancel).ConfigureAwait(false);
            }
            catch (ConnectionLost)
            {
                return;
            }
            if (read == 0) return;
            try
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            }
            catch
            {
                session.Close(); // else the other stream would wait for more
                throw;
            }
        }
    }

    static async Task SendInputAsync(Stream? input, PodSession session)
    {
        if (input is null) return;
        try
        {
            await input.CopyToAsync(session.Input, SealedConnection.Data, session.Gone).ConfigureAwait(false);
            await session.EndInputAsync().ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session is over, or nobody types any more.
        }
    }

    static async Task ResizeAsync(ChannelReader<TerminalSize>? sizes, PodSession session)
    {
        if (sizes is null) return;
        try
        {
            await foreach (var size in sizes.ReadAllAsync(session.Gone).ConfigureAwait(false))
                await session.ResizeAsync(size).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
        }
    }
}
