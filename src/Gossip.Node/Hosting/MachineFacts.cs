using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Node;

/// <summary>What this machine says of itself, for options that were left out.</summary>
static class MachineFacts
{
    /// <summary>Kubernetes' default for a node.</summary>
    const int Pods = 110;

    /// <summary>The machine's name made a DNS label.</summary>
    public static string Name() => ToLabel(Environment.MachineName);

    public static string ToLabel(string text)
    {
        var label = string.Concat(text.Split('.')[0].ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-');
        if (label.Length > Limits.Label) label = label[..Limits.Label].TrimEnd('-');
        return label.Length == 0 ? "node" : label;
    }

    /// <summary>Every core, and the memory that the machine or its container allows.</summary>
    public static Resources Resources() => new(
        new MilliCpu(Environment.ProcessorCount * 1000L),
        new Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
        default, Pods, []);

    /// <summary>Where no disk is named, nine tenths of the file system that the pods' folders are on, as the kubelet has it.</summary>
    public static Resources WithDisk(in Resources named, string folder) => named.Disk.Value > 0
        ? named
        : named with { Disk = new Bytes(Math.Min(new DriveInfo(folder).TotalSize / 10 * 9, Core.Primitives.Resources.Greatest)) };

    /// <summary>An address where others may reach this machine: that of an interface with a gateway, else the loopback.</summary>
    public static IPAddress Address(AddressFamily family)
    {
        var candidates =
            from network in NetworkInterface.GetAllNetworkInterfaces()
            where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
            let properties = network.GetIPProperties()
            from address in properties.UnicastAddresses
            where address.Address.AddressFamily == family && !address.Address.IsIPv6LinkLocal
            orderby properties.GatewayAddresses.Count > 0 descending, network.Name
            select address.Address;
        return candidates.FirstOrDefault() ?? (family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback);
    }
}
