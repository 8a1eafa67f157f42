using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Gossip.Core.Ports;
using Gossip.Node.Streams;

namespace Gossip.Kubernetes.Api.Pods;

/// <summary>
/// Kubernetes' remote command protocol on a WebSocket: each message begins with its channel. The client sends input (0) and
/// terminal sizes (4), in version 5 also that a channel ends (255); the server sends output (1), errors (2) and last a Status (3).
/// </summary>
sealed class RemoteConsole : IAsyncDisposable
{
    public const string V5 = "v5.channel.k8s.io", V4 = "v4.channel.k8s.io";
    public static readonly string[] Protocols = [V5, V4];

    /// <summary>What the client wants to be connected.</summary>
    public sealed record Wants(bool Input, bool Output, bool Errors, bool Terminal);

    public const byte InputChannel = 0, OutputChannel = 1, ErrorChannel = 2, StatusChannel = 3, SizeChannel = 4, EndChannel = 255;

    const int MessagePart = 32 * 1024;
    static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    readonly WebSocket socket;
    readonly Wants wants;
    readonly Pipe input = new(new PipeOptions(useSynchronizationContext: false));
    readonly Channel<TerminalSize> sizes =
        Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    readonly SemaphoreSlim sending = new(1);
    readonly CancellationTokenSource gone;

    /// <param name="ct">The connection is gone, or the server stops.</param>
    public RemoteConsole(WebSocket socket, Wants wants, CancellationToken ct)
    {
        this.socket = socket;
        this.wants = wants;
        gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
    }

    /// <summary>Runs it with the client's console, tells the client how it ended, and closes.</summary>
    /// <param name="run">Gives an exit code, or throws a <see cref="PodAccessException"/>.</param>
    public async Task ServeAsync(Func<PodConsole, CancellationToken, Task<int>> run)
    {
        var receiving = ReceiveAsync();
        var console = new PodConsole(
            wants.Input ? input.Reader.AsStream() : null,
            wants.Output ? new ChannelStream(this, OutputChannel) : Stream.Null,
            wants.Errors && !wants.Terminal ? new ChannelStream(this, ErrorChannel) : Stream.Null,
            wants.Terminal ? sizes.Reader : null);
        try
        {
            JsonObject status;
            try
            {
                status = Ended(await run(console, gone.Token));
            }
            catch (PodAccessException refused)
            {
                status = Failed("BadRequest", refused.Message);
            }
            catch (Exception bug) when (!gone.IsCancellationRequested)
            {
                status = Failed("InternalError", $"a bug in Gossip: {bug.Message}");
            }
            await SendAsync(StatusChannel, JsonSerializer.SerializeToUtf8Bytes(status), gone.Token);
            await input.Reader.CompleteAsync(); // what is still typed goes nowhere
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", gone.Token);
            await receiving.WaitAsync(Goodbye, gone.Token);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException or WebSocketException or TimeoutException)
        {
            socket.Abort();
        }
        await receiving;
    }

    public async ValueTask DisposeAsync()
    {
        await input.Reader.CompleteAsync();
        gone.Dispose();
    }

    /// <summary>Until the client closes. While its input is not read nothing of it is, so that it cannot fill our memory.</summary>
    async Task ReceiveAsync()
    {
        var buffer = new byte[MessagePart];
        try
        {
            byte? channel = null; // of a message whose parts are under way
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) return;
                var data = buffer.AsMemory(0, part.Count);
                if (channel is null && data.Length > 0) (channel, data) = (data.Span[0], data[1..]);
                await TakeAsync(channel, data);
                if (part.EndOfMessage) channel = null;
            }
        }
        catch (Exception ended) when (ended is WebSocketException or IOException or OperationCanceledException)
        {
        }
        finally
        {
            await input.Writer.CompleteAsync();
            sizes.Writer.TryComplete();
            await gone.CancelAsync();
        }
    }

    async ValueTask TakeAsync(byte? channel, ReadOnlyMemory<byte> data)
    {
        if (channel == InputChannel) await input.Writer.WriteAsync(data);
        else if (channel == EndChannel && data.Length > 0 && data.Span[0] == InputChannel) await input.Writer.CompleteAsync();
        else if (channel == SizeChannel && Size(data) is { } size) sizes.Writer.TryWrite(size);
    }

    /// <summary><c>{"Width":80,"Height":25}</c></summary>
    static TerminalSize? Size(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var size = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            return new TerminalSize(size.RootElement.GetProperty("Width").GetUInt16(), size.RootElement.GetProperty("Height").GetUInt16());
        }
        catch (Exception none) when (none is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        var message = ArrayPool<byte>.Shared.Rent(data.Length + 1);
        await sending.WaitAsync(cancel);
        try
        {
            message[0] = channel;
            data.CopyTo(message.AsMemory(1));
            await socket.SendAsync(message.AsMemory(0, data.Length + 1), WebSocketMessageType.Binary, endOfMessage: true, cancel);
        }
        finally
        {
            sending.Release();
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    static JsonObject Ended(int code) => code == 0
        ? new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success" }
        : Failed("NonZeroExitCode", $"command terminated with non-zero exit code: exit status {code}", new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject
            {
                ["reason"] = "ExitCode",
                ["message"] = code.ToString(CultureInfo.InvariantCulture),
            }),
        });

    static JsonObject Failed(string reason, string message, JsonObject? details = null) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["details"] = details ?? [],
        ["code"] = reason == "BadRequest" ? 400 : 500,
    };

    /// <summary>One channel as a stream.</summary>
    sealed class ChannelStream(RemoteConsole console, byte channel) : OutputStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (; !buffer.IsEmpty; buffer = buffer[Math.Min(buffer.Length, MessagePart)..])
                await console.SendAsync(channel, buffer[..Math.Min(buffer.Length, MessagePart)], cancellationToken);
        }
    }
}
