using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Gossip.Core.Ports;
using Gossip.Core.Wire;

namespace Gossip.Node.Streams;

/// <summary>
/// A question and all that belongs to its answer, over one <see cref="SealedConnection"/>: the asker sends the question, then input and
/// sizes; the answerer sends output and errors, then how it ended. Each of the three streams has a window of its own
/// (<see cref="InputChannel"/>), so the receiving loop never waits for a reader: it always learns that the peer is gone.
/// (The idea of windows a channel: RFC 4254, section 5.2, SSH.)
/// </summary>
sealed class PodSession : IAsyncDisposable
{
    /// <summary>What a frame is; its second byte is the channel.</summary>
    enum Frame : byte { Question = 1, Data, End, Granted, Size, Done, Refused, Alive }

    const byte InputId = 0, OutputId = 1, ErrorsId = 2;
    const int MessageMax = 4096;

    /// <summary>Both sides speak at least so often, and who is silent three times as long is gone.</summary>
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(5), Silence = 3 * Beat;

    readonly SealedConnection connection;
    readonly bool asks;
    readonly CancellationTokenSource gone = new();
    readonly TaskCompletionSource<byte[]> question = Source<byte[]>();
    readonly TaskCompletionSource<int> result = Source<int>();
    readonly Channel<TerminalSize> sizes =
        Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    readonly InputChannel[] inputs;
    readonly OutputChannel[] outputs;
    Task receiving = Task.CompletedTask, beating = Task.CompletedTask;

    /// <param name="asks">Whether this end asks.</param>
    public PodSession(SealedConnection connection, bool asks)
    {
        this.connection = connection;
        this.asks = asks;
        inputs = [.. ((byte[])[InputId, OutputId, ErrorsId]).Select(
            channel => new InputChannel(bytes => SendNumberAsync(Frame.Granted, channel, bytes)))];
        outputs = [.. ((byte[])[InputId, OutputId, ErrorsId]).Select(
            channel => new OutputChannel(data => connection.SendAsync((byte)Frame.Data, channel, data), gone.Token))];
        Gone = gone.Token;
        Result.ContinueWith(static lost => lost.Exception, TaskScheduler.Default); // who does not ask how it ended need not know
    }

    /// <summary>Cancelled when the other end is gone, or this one closed.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Input of the command: the asker writes, the answerer reads.</summary>
    public Stream Input => asks ? outputs[InputId] : inputs[InputId];
    public Stream Output => asks ? inputs[OutputId] : outputs[OutputId];
    public Stream Errors => asks ? inputs[ErrorsId] : outputs[ErrorsId];
    public ChannelReader<TerminalSize> Sizes => sizes.Reader;

    /// <summary>The answerer's: at most one frame.</summary>
    public Task<byte[]> Question => question.Task;

    /// <summary>The asker's: how it ended. Refused: <see cref="PodAccessException"/>; the connection ended:
    /// <see cref="ConnectionLost"/>.</summary>
    public Task<int> Result => result.Task;

    /// <summary>Receives until the session ends; what the peer did wrong, if that is why.</summary>
    public Task<Reject> Begin()
    {
        beating = BeatAsync();
        var loop = ReceiveAsync();
        receiving = loop;
        return loop;
    }

    public ValueTask AskAsync(ReadOnlyMemory<byte> question) => connection.SendAsync((byte)Frame.Question, 0, question);
    public ValueTask EndInputAsync() => connection.SendAsync((byte)Frame.End, InputId, default);

    public ValueTask ResizeAsync(TerminalSize size)
    {
        var body = new byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(body, size.Columns);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(2), size.Rows);
        return connection.SendAsync((byte)Frame.Size, InputId, body);
    }

    public ValueTask DoneAsync(int code) => SendNumberAsync(Frame.Done, 0, code);

    public ValueTask RefuseAsync(string why)
    {
        var message = Encoding.UTF8.GetBytes(why);
        return connection.SendAsync((byte)Frame.Refused, 0, message.AsMemory(0, Math.Min(message.Length, MessageMax)));
    }

    /// <summary>Waits until the asker has closed, having read everything; not for ever.</summary>
    public async Task LingerAsync() => await Task.WhenAny(receiving, Task.Delay(Beat, CancellationToken.None)).ConfigureAwait(false);

    /// <summary>Ends it; both ends learn of it.</summary>
    public void Close() => connection.Close();

    public async ValueTask DisposeAsync()
    {
        Close();
        await Task.WhenAll(receiving, beating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        connection.Dispose();
        gone.Dispose();
    }

    async Task<Reject> ReceiveAsync()
    {
        Exception why = new ConnectionLost("the connection ended");
        try
        {
            while (true)
            {
                var (text, reject) = await connection.ReceiveAsync(Silence).ConfigureAwait(false);
                if (reject == Reject.None && !Take(text.Span)) reject = Reject.Malformed;
                if (reject == Reject.None) continue;
                why = new ConnectionLost($"the other node does not keep to the protocol ({reject})");
                return reject;
            }
        }
        catch (Exception ended) when (
            ended is EndOfStreamException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (ended is OperationCanceledException) why = new ConnectionLost("nothing was heard of the other node for too long");
            return Reject.None;
        }
        finally
        {
            connection.Close();
            question.TrySetException(why);
            _ = question.Task.ContinueWith(static lost => lost.Exception, TaskScheduler.Default);
            result.TrySetException(why);
            foreach (var input in inputs) input.End(result.Task.IsCompletedSuccessfully ? null : why);
            sizes.Writer.TryComplete();
            await gone.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>False for what a peer that keeps to the protocol does not send.</summary>
    bool Take(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2) return false;
        var (frame, channel) = ((Frame)text[0], text[1]);
        var body = text[2..];
        switch (frame)
        {
            case Frame.Question:
                return !asks && question.TrySetResult(body.ToArray());
            case Frame.Data when Comes(channel):
                return inputs[channel].TryTake(body);
            case Frame.End when Comes(channel):
                inputs[channel].End();
                return true;
            case Frame.Granted when channel <= ErrorsId && !Comes(channel) && body.Length == 4:
                return outputs[channel].TryGrant(BinaryPrimitives.ReadInt32LittleEndian(body));
            case Frame.Size when !asks && body.Length == 4:
                return sizes.Writer.TryWrite(
                    new TerminalSize(BinaryPrimitives.ReadUInt16LittleEndian(body), BinaryPrimitives.ReadUInt16LittleEndian(body[2..])));
            case Frame.Done when asks && body.Length == 4:
                EndOutput();
                return result.TrySetResult(BinaryPrimitives.ReadInt32LittleEndian(body));
            case Frame.Refused when asks && body.Length <= MessageMax:
                EndOutput();
                return result.TrySetException(new PodAccessException(Encoding.UTF8.GetString(body)));
            default:
                return frame == Frame.Alive; // a later build may know more, but then it says so in its hello
        }
    }

    bool Comes(byte channel) => asks ? channel is OutputId or ErrorsId : channel == InputId;

    void EndOutput()
    {
        inputs[OutputId].End();
        inputs[ErrorsId].End();
    }

    async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Beat);
        try
        {
            while (await timer.WaitForNextTickAsync(Gone).ConfigureAwait(false))
                if (Environment.TickCount64 - connection.LastSent >= Beat.TotalMilliseconds / 2)
                    await connection.SendAsync((byte)Frame.Alive, 0, default).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            connection.Close();
        }
    }

    ValueTask SendNumberAsync(Frame frame, byte channel, int number)
    {
        var body = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(body, number);
        return connection.SendAsync((byte)frame, channel, body);
    }

    static TaskCompletionSource<T> Source<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
