using System.Threading.Channels;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Node.Talks;

/// <summary>Asks another node about its pods: the other end of <see cref="PodDesk"/>.</summary>
/// <param name="connect">Throws <see cref="TalkLost"/> when nobody answers.</param>
sealed class PodCalls(Func<NodeAddress, CancellationToken, Task<TalkLine>> connect)
{
    /// <summary>Asks, carries input there and output back, and returns how it ended.</summary>
    /// <param name="node">Its name, for people.</param>
    /// <param name="console">Its input and sizes may be null.</param>
    /// <exception cref="PodAccessException">The node refused, or went away. What the console's streams throw is thrown as it is.</exception>
    public async Task<int> AskAsync(string node, NodeAddress address, PodQuestion question, PodConsole console, CancellationToken cancel)
    {
        var bytes = PodQuestionCodec.Write(question);
        try
        {
            await using var talk = new Talk(await connect(address, cancel).ConfigureAwait(false), asks: true);
            _ = talk.Begin();
            await using var leave = cancel.UnsafeRegister(static talk => ((Talk)talk!).Close(), talk);
            await TryAskAsync(talk, bytes).ConfigureAwait(false);
            // Neither is waited for: who types may never stop, and cannot be asked to.
            _ = TypeAsync(console.Input, talk);
            _ = ResizeAsync(console.Sizes, talk);
            await Task.WhenAll(CarryAsync(talk, talk.Said, console.Output, cancel), CarryAsync(talk, talk.Complained, console.Error, cancel)).ConfigureAwait(false);
            return await talk.Result.ConfigureAwait(false);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (TalkLost lost)
        {
            throw new PodAccessException($"node {node} at {address}: {lost.Message}");
        }
    }

    static async Task TryAskAsync(Talk talk, byte[] question)
    {
        try
        {
            await talk.AskAsync(question).ConfigureAwait(false);
        }
        catch (TalkLost)
        {
            // The result says why.
        }
    }

    /// <summary>From there to here. That the talk is lost its result says.</summary>
    static async Task CarryAsync(Talk talk, Stream from, Stream to, CancellationToken cancel)
    {
        var buffer = new byte[TalkLine.Data];
        while (true)
        {
            int read;
            try
            {
                read = await from.ReadAsync(buffer, cancel).ConfigureAwait(false);
            }
            catch (TalkLost)
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
                talk.Close(); // else the other stream would wait for more
                throw;
            }
        }
    }

    static async Task TypeAsync(Stream? input, Talk talk)
    {
        if (input is null) return;
        try
        {
            await input.CopyToAsync(talk.Typed, TalkLine.Data, talk.Gone).ConfigureAwait(false);
            await talk.EndTypingAsync().ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The talk is over, or nobody types any more.
        }
    }

    static async Task ResizeAsync(ChannelReader<TerminalSize>? sizes, Talk talk)
    {
        if (sizes is null) return;
        try
        {
            await foreach (var size in sizes.ReadAllAsync(talk.Gone).ConfigureAwait(false)) await talk.ResizeAsync(size).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
        }
    }
}
