using Gossip.Core.Pods;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>A prepared pod of this node.</summary>
sealed class ProcessPod(PodLaunch launch, string ip, PodFolder folder)
{
    readonly Dictionary<string, ContainerProcess> containers = new(StringComparer.Ordinal);

    public PodLaunch Launch => launch;
    public string Ip => ip;
    public PodFolder Folder => folder;
    public PodVolumes Volumes { get; } = new(folder, launch.Template);

    /// <summary>It was told that it must leave; once is enough.</summary>
    public bool IsEvicted { get; set; }

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
