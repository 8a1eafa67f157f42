using Gossip.Core.Model;

namespace Gossip.Core.Pods.Configuration;

/// <summary>What a pod's variables and files are made of.</summary>
/// <param name="Template">As the tables have it now: a bare pod's labels may have changed since its launch.</param>
/// <param name="HostIp">The node's address.</param>
/// <param name="Room">What the node has for pods: the limit of a container without one.</param>
sealed record PodSurroundings(PodLaunch Launch, PodTemplate Template, string HostIp, Resources Room, ConfigObjects Objects)
{
    public SortedDictionary<string, ConfigValue>? Find(in ConfigRef from) => Objects.Find(from, Launch.Namespace);
}
