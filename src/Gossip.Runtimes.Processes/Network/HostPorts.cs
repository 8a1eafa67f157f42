using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Gossip.Core.Templates;

namespace Gossip.Runtimes.Processes.Network;

/// <summary>
/// A pod's ports on the machine: the node listens there and passes every connection on to the pod's address. It needs no
/// rule of a firewall and no privilege; it lasts as long as the node, and a later life of the node takes it up again.
/// </summary>
sealed class HostPorts : IDisposable
{
    readonly List<TcpListener> listeners = [];
    readonly CancellationTokenSource closed = new();

    /// <exception cref="HostPortError">One cannot be had.</exception>
    public static HostPorts Open(PodTemplate template, string ip, string machine)
    {
        var ports = new HostPorts();
        if (template.HostNetwork) return ports;
        ImmutableArray<IPAddress> addresses = [.. new[] { IPAddress.Loopback, IPAddress.Parse(machine) }.Distinct()];
        foreach (var port in template.AllContainers.SelectMany(container => container.Ports))
        {
            if (port.HostPort == 0) continue;
            try
            {
                if (port.Protocol != PortProtocol.Tcp) throw new HostPortError($"hostPort {port.HostPort}: process pods have TCP ports on the machine only; for {port.Protocol} set `hostNetwork: true`");
                foreach (var address in addresses) ports.Open(new IPEndPoint(address, port.HostPort), new IPEndPoint(IPAddress.Parse(ip), port.Number));
            }
            catch (SocketException taken)
            {
                ports.Dispose();
                throw new HostPortError($"hostPort {port.HostPort}: {taken.Message}");
            }
            catch
            {
                ports.Dispose();
                throw;
            }
        }
        return ports;
    }

    void Open(IPEndPoint here, IPEndPoint there)
    {
        var listener = new TcpListener(here);
        listeners.Add(listener);
        listener.Start();
        _ = AcceptAsync(listener, there);
    }

    async Task AcceptAsync(TcpListener listener, IPEndPoint there)
    {
        while (!closed.IsCancellationRequested)
            try
            {
                _ = PassOnAsync(await listener.AcceptTcpClientAsync(closed.Token).ConfigureAwait(false), there);
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One that left before it was accepted; or the pod is gone, and the loop ends.
            }
    }

    async Task PassOnAsync(TcpClient caller, IPEndPoint there)
    {
        using var _ = caller;
        using var pod = new TcpClient();
        try
        {
            await pod.ConnectAsync(there, closed.Token).ConfigureAwait(false);
            await Task.WhenAll(PumpAsync(caller, pod), PumpAsync(pod, caller)).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either end has left; both connections are closed.
        }
    }

    async Task PumpAsync(TcpClient from, TcpClient to)
    {
        await from.GetStream().CopyToAsync(to.GetStream(), closed.Token).ConfigureAwait(false);
        to.Client.Shutdown(SocketShutdown.Send);
    }

    public void Dispose()
    {
        if (closed.IsCancellationRequested) return;
        closed.Cancel();
        foreach (var listener in listeners) listener.Dispose();
    }
}

/// <summary>A port of the machine that a pod cannot have; the message names it.</summary>
sealed class HostPortError(string message) : Exception(message);
