using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>
/// A web server of a few lines, for demos and tests: it says who it is. On bare sockets, because a pod that needs
/// 80 MB to say hello is not light.
/// </summary>
static class HelloVerb
{
    const int DefaultPort = 8080;
    const int RequestMax = 8 * 1024; // as most servers bound a request's head

    public static Command Create()
    {
        var port = PortOption.Create("The port to listen on; 0 for any", DefaultPort, least: 0);
        var command = new Command("hello", """
            A light HTTP server that says which pod it is, for demos. Listens on $POD_IP, else on 127.0.0.1.

            Examples:
              gossip hello --port 8080
            """) { port };
        command.SetAction(parsed => Serve(parsed.GetValue(port)));
        return command;
    }

    /// <summary>The short way in, past the command line's machinery.</summary>
    public static int Run(string[] args)
    {
        if (PortOf(args) is not { } port) return CommandLine.RunAsync(["hello", .. args]).GetAwaiter().GetResult();
        try
        {
            return Serve(port);
        }
        catch (CliFailure failure)
        {
            Output.Note(failure.Message);
            return failure.ExitCode;
        }
    }

    /// <summary>Null for what the command line's reader should read, or refuse.</summary>
    static int? PortOf(string[] args) => args switch
    {
        [] => DefaultPort,
        ["--port", var text] when ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) => port,
        _ => null,
    };

    static int Serve(int port)
    {
        var ip = IPAddress.Loopback;
        if (Environment.GetEnvironmentVariable("POD_IP") is { Length: > 0 } given && !IPAddress.TryParse(given, out ip!))
            throw new CliFailure($"$POD_IP '{given}' is not an IP address");
        var pod = Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName;
        var node = Environment.GetEnvironmentVariable("NODE_NAME") ?? "";
        using var listener = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            listener.Bind(new IPEndPoint(ip, port));
        }
        catch (SocketException taken)
        {
            throw new CliFailure($"cannot listen on {new IPEndPoint(ip, port)}: {taken.Message}");
        }
        listener.Listen(16);
        Output.Line($"hello from {pod} listens on http://{listener.LocalEndPoint}");
        var body = $"hello from {pod} at {ip}{(node.Length > 0 ? $" on {node}" : "")}\n";
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        var answer = Encoding.ASCII.GetBytes(head + body);
        while (true)
        {
            using var client = listener.Accept();
            try
            {
                client.ReceiveTimeout = client.SendTimeout = 2000;
                if (ReadHead(client)) client.Send(answer);
                client.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The client went away; the next one waits.
            }
        }
    }

    static bool ReadHead(Socket client)
    {
        var head = new byte[RequestMax];
        var length = 0;
        while (length < RequestMax)
        {
            var read = client.Receive(head, length, RequestMax - length, SocketFlags.None);
            if (read == 0) return false;
            length += read;
            if (head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) return true;
        }
        return false;
    }
}
