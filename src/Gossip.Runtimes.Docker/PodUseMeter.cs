using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Docker;

/// <summary>What pods use of the disk and of processes.</summary>
/// <remarks>What the engine keeps of a container's output is not counted: it has a bound of its own.</remarks>
sealed class PodUseMeter(
    string root, Engine engine, ContainerLabels labels, ConcurrentDictionary<PodRun, DockerPod> pods, PodAccess access)
{
    /// <inheritdoc cref="IPodRuntime.MeasureAsync"/>
    public async Task<RuntimeUse?> MeasureAsync(bool countsProcesses, CancellationToken cancel)
    {
        var room = DiskMeter.RoomOf(root);
        var sizes = room.IsLow || pods.Values.Any(pod => pod.Launch.Template.Containers.Any(container => container.Limits.Disk.Value > 0))
            ? await LayersAsync(cancel).ConfigureAwait(false)
            : [];
        var used = ImmutableArray.CreateBuilder<PodUse>();
        foreach (var (run, pod) in pods)
        {
            var processes = countsProcesses ? await ProcessesAsync(run, cancel).ConfigureAwait(false) : 0;
            used.Add(DiskMeter.Measure(run, pod.Folder, pod.Launch.Template, new Bytes(sizes.GetValueOrDefault(pod.Run)), processes));
        }
        return new RuntimeUse(room, used.DrainToImmutable());
    }

    /// <summary>What the containers of each pod wrote beside their images; empty while the engine is away.</summary>
    async Task<Dictionary<string, long>> LayersAsync(CancellationToken cancel)
    {
        Dictionary<string, long> sizes = new(StringComparer.Ordinal);
        try
        {
            foreach (var container in await engine.ListAsync(labels.Filter(), cancel, sizes: true).ConfigureAwait(false))
            {
                if (!labels.IsOurs(container)) continue;
                var pod = ContainerLabels.Label(container, ContainerLabels.PodLabel);
                sizes[pod] = sizes.GetValueOrDefault(pod) + (container.SizeRw ?? 0);
            }
        }
        catch (EngineFault)
        {
            // Its loss is told elsewhere.
        }
        return sizes;
    }

    async Task<int> ProcessesAsync(PodRun pod, CancellationToken cancel)
    {
        try
        {
            return (await access.UsageAsync(pod, cancel).ConfigureAwait(false)).Sum(container => container.Processes);
        }
        catch (PodAccessException)
        {
            return 0; // it went meanwhile
        }
    }
}
