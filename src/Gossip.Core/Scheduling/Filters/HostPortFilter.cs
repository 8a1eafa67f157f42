using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>A port of the host goes to one pod at a time.</summary>
sealed class HostPortFilter : IFilter
{
    public string Name => "HostPort";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        if (node.Taken is not { Count: > 0 } taken || pod.HostPorts.IsDefaultOrEmpty) return FilterVerdict.Yes;
        foreach (var port in pod.HostPorts)
            if (taken.Contains(port))
            {
                var named = $"host port {port.Number}/{Of(port.Protocol)}";
                return FilterVerdict.No($"{named} is taken", $"have {named} taken");
            }
        return FilterVerdict.Yes;
    }

    static string Of(PortProtocol protocol) => protocol switch
    {
        PortProtocol.Udp => "udp",
        PortProtocol.Sctp => "sctp",
        _ => "tcp",
    };
}
