using Gossip.Core.Ports;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Network;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>A prepared pod of this node.</summary>
/// <param name="sandbox">Null for a plain pod.</param>
sealed class ProcessPod(PodLaunch launch, string ip, PodFolder folder, PodSandbox? sandbox)
{
    readonly Dictionary<string, ContainerProcess> containers = new(StringComparer.Ordinal);

    public PodLaunch Launch => launch;
    public string Ip => ip;
    public PodFolder Folder => folder;
    public PodSandbox? Sandbox => sandbox;

    public PodVolumes Volumes { get; } = new(folder, launch.Template);

    /// <summary>Null before they are open.</summary>
    public HostPorts? HostPorts { get; set; }

    public ContainerProcess? Find(string container)
    {
        lock (containers) return containers.GetValueOrDefault(container);
    }

    public void Put(ContainerProcess container)
    {
        lock (containers) containers[container.Name] = container;
    }

    public ContainerProcess[] Containers()
    {
        lock (containers) return [.. containers.Values];
    }
}
