using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Configuration;

/// <summary>What a pod's variables and files are made of.</summary>
/// <param name="Template">As the tables have it now: a bare pod's labels may have changed since its launch.</param>
/// <param name="HostIp">The node's address.</param>
/// <param name="Room">What the node has for pods: the limit of a container without one.</param>
/// <param name="Devices">Which of the node's devices it has; empty when it asked for none.</param>
sealed record PodSurroundings(PodLaunch Launch, PodTemplate Template, string HostIp, Resources Room, ConfigObjects Objects, string Devices = "")
{
    public SortedDictionary<string, ConfigValue>? Find(in ConfigRef from) => Objects.Find(from, Launch.Namespace);
}
