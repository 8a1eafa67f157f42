using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gossip.Cli.Client;

/// <summary>This terminal, or these pipes, joined to a command in a pod: the client's side of <c>v5.channel.k8s.io</c>.</summary>
sealed class ConsoleSession
{
    const byte Input = 0, Output = 1, Errors = 2, Status = 3, Size = 4, End = 255;
    const int Part = 32 * 1024;
    const int StatusMax = 64 * 1024;

    readonly bool hasInput;
    readonly bool terminal;
    readonly SemaphoreSlim sending = new(1);

    ConsoleSession(bool hasInput, bool terminal) => (this.hasInput, this.terminal) = (hasInput, terminal);

    /// <param name="tty">Wanted; without a terminal here there is none there.</param>
    public static ConsoleSession For(bool stdin, bool tty)
    {
        if (tty && Console.IsInputRedirected) Display.Output.Note("the input is no terminal, so -t is left out");
        return new ConsoleSession(stdin, tty && !Console.IsInputRedirected);
    }

    public IEnumerable<(string Name, string? Value)> Query =>
        [("stdin", hasInput ? "true" : null), ("stdout", "true"), ("stderr", terminal ? null : "true"), ("tty", terminal ? "true" : null)];

    /// <returns>The command's exit code.</returns>
    public async Task<int> RunAsync(NodeClient node, string path, CancellationToken cancel)
    {
        using var socket = await node.ConnectAsync(path, cancel);
        using var raw = terminal ? RawTerminal.Enter() : null;
        using var resized = terminal && !OperatingSystem.IsWindows()
            ? RawTerminal.WatchSize((columns, rows) => _ = ResizeAsync(socket, columns, rows))
            : null;
        if (hasInput) _ = TypeAsync(socket);
        var buffer = new byte[Part];
        byte? channel = null;
        var status = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
                if (part.MessageType == WebSocketMessageType.Close) break;
                var data = buffer.AsMemory(0, part.Count);
                if (channel is null && data.Length > 0) (channel, data) = (data.Span[0], data[1..]);
                switch (channel)
                {
                    case Output: await StandardStream.Output.WriteAsync(data, cancel); break;
                    case Errors: await StandardStream.Errors.WriteAsync(data, cancel); break;
                    case Status when status.Length + data.Length <= StatusMax: status.Write(data.Span); break;
                    case Status: throw new CliFailure($"the node says in more than {StatusMax} bytes how the command ended");
                }
                if (part.EndOfMessage) channel = null;
            }
        }
        catch (Exception lost)
            when (!cancel.IsCancellationRequested && lost is WebSocketException or OperationCanceledException or IOException)
        {
            if (status.Length == 0) throw new CliFailure($"the connection to the node was lost: {lost.Message}");
        }
        return ExitCode(status.ToArray());
    }

    static int ExitCode(byte[] status)
    {
        if (status.Length == 0) throw new CliFailure("the node ended the connection without saying how the command ended");
        JsonNode? told = null;
        try
        {
            told = JsonNode.Parse(status);
        }
        catch (JsonException)
        {
            // No object, which the next line says.
        }
        if (told.Text("status") == "Success") return 0;
        if (told.TextOrNone("reason") == "NonZeroExitCode"
            && told.Part("details").Items("causes") is [var cause, ..]
            && int.TryParse(cause.Text("message"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)) return code;
        throw new CliFailure(told.TextOrNone("message") is { Length: > 0 } message ? message : "the command failed");
    }

    async Task TypeAsync(WebSocket socket)
    {
        await using var input = RawTerminal.OpenInput();
        var message = new byte[Part];
        try
        {
            message[0] = Input;
            while (await input.ReadAsync(message.AsMemory(1)) is > 0 and var read) await SendAsync(socket, message.AsMemory(0, 1 + read));
            await SendAsync(socket, new byte[] { End, Input });
        }
        catch (Exception over) when (over is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The command has ended.
        }
    }

    async Task ResizeAsync(WebSocket socket, int columns, int rows)
    {
        try
        {
            var size = JsonSerializer.SerializeToUtf8Bytes(new { Width = columns, Height = rows });
            await SendAsync(socket, (byte[])[Size, .. size]);
        }
        catch (Exception over) when (over is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    async Task SendAsync(WebSocket socket, ReadOnlyMemory<byte> message)
    {
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            sending.Release();
        }
    }
}
