using Gossip.Core.Ports;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Docker;

/// <summary>A pod of this node, prepared or about to be.</summary>
/// <param name="run">How the pod is called in labels and on disk.</param>
/// <remarks>Thread-safe.</remarks>
sealed class DockerPod(PodLaunch launch, string run, PodFolder folder)
{
    readonly Dictionary<string, List<DockerContainer>> attempts = new(StringComparer.Ordinal); // the latest last

    public PodLaunch Launch => launch;
    public string Run => run;
    public PodFolder Folder => folder;
    public PodVolumes Volumes { get; } = new(folder, launch.Template);

    /// <summary>Empty until the pod is prepared.</summary>
    public string Ip { get; set; } = "";

    /// <summary>The pause container's id; empty until there is one.</summary>
    public string Pause { get; set; } = "";

    /// <summary>Being taken apart, or reported as failed: what happens to its containers now is no news.</summary>
    public bool IsEnding { get; set; }

    public DockerContainer? Find(string container)
    {
        lock (attempts) return attempts.TryGetValue(container, out var list) ? list[^1] : null;
    }

    public DockerContainer? Find(string container, int attempt)
    {
        lock (attempts) return attempts.TryGetValue(container, out var list) ? list.Find(one => one.Attempt == attempt) : null;
    }

    public DockerContainer? Previous(string container)
    {
        lock (attempts) return attempts.TryGetValue(container, out var list) && list.Count > 1 ? list[^2] : null;
    }

    /// <returns>What need not be kept any more: everything but this and the one before it.</returns>
    public IReadOnlyList<DockerContainer> Put(DockerContainer container)
    {
        lock (attempts)
        {
            if (!attempts.TryGetValue(container.Name, out var list)) attempts[container.Name] = list = [];
            list.RemoveAll(one => one.Attempt == container.Attempt);
            list.Add(container);
            list.Sort((one, other) => one.Attempt.CompareTo(other.Attempt));
            var old = list.GetRange(0, Math.Max(0, list.Count - 2));
            list.RemoveRange(0, old.Count);
            return old;
        }
    }

    public void Forget(DockerContainer container)
    {
        lock (attempts)
            if (attempts.TryGetValue(container.Name, out var list) && list.Remove(container) && list.Count == 0) attempts.Remove(container.Name);
    }

    /// <summary>The latest attempt of each container.</summary>
    public DockerContainer[] Containers()
    {
        lock (attempts) return [.. attempts.Values.Select(list => list[^1])];
    }
}
