using System.Globalization;
using System.Net;
using Gossip.Runtimes.Processes.Containers;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>
/// A pod's own network: <c>eth0</c> with the pod's address is one end of a cable whose other end is on the machine, with a
/// route to that one address. The end's name is the address, so that the kernel itself refuses to give one address twice,
/// whichever node of the machine asks. It all goes when the pod's network namespace does.
/// </summary>
static class PodNetwork
{
    /// <summary>What <c>ip</c> says of a name that is taken.</summary>
    const string Taken = "File exists";

    public static string? Ip { get; } = Executable.TryFind("ip", ContainerShell.SystemPath + ":/usr/sbin:/sbin", "/");

    /// <summary>The machine's end; at most 15 characters.</summary>
    public static string Device(string ip) => $"gsp-{Convert.ToHexStringLower(IPAddress.Parse(ip).GetAddressBytes())}";

    /// <summary>The machine itself, as the node's pods see it.</summary>
    static string Gateway(string ip) => ip[..ip.LastIndexOf('.')] + ".1";

    /// <summary>For <c>ip -batch</c> inside the pod's network namespace.</summary>
    public static string Inside(string ip) => string.Create(CultureInfo.InvariantCulture, $"""
        link set lo up
        link add eth0 type veth peer name {Device(ip)} netns {Environment.ProcessId}
        addr add {ip}/32 dev eth0
        link set eth0 up
        route add {Gateway(ip)} dev eth0
        route add default via {Gateway(ip)} dev eth0

        """);

    /// <summary>For <c>ip -batch</c> in the machine's own.</summary>
    static string Outside(string ip) => $"""
        addr add {Gateway(ip)}/32 dev {Device(ip)}
        link set {Device(ip)} up
        route add {ip}/32 dev {Device(ip)}

        """;

    public static bool IsTaken(string problem) => problem.Contains(Taken, StringComparison.Ordinal);

    /// <summary>Connects the machine's end, once the pod's is there.</summary>
    /// <returns>What went wrong; empty when nothing did.</returns>
    public static async Task<string> ConnectAsync(string ip)
    {
        var problem = await Tool.RunAsync([Ip!, "-batch", "-"], Outside(ip)).ConfigureAwait(false);
        // Pods reach each other through the machine. Only their own ends forward: what the machine does otherwise stays as it is.
        if (problem.Length == 0) File.WriteAllText($"/proc/sys/net/ipv4/conf/{Device(ip)}/forwarding", "1");
        return problem;
    }

    /// <summary>Also when it is gone already.</summary>
    public static async Task RemoveAsync(string ip)
    {
        if (Directory.Exists($"/sys/class/net/{Device(ip)}")) await Tool.RunAsync([Ip!, "link", "delete", Device(ip)], "").ConfigureAwait(false);
    }
}
