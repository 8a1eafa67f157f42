using System.Collections.Concurrent;

namespace Gossip.Node.Workloads;

/// <summary>A workload as the host app registered it.</summary>
sealed record Workload(string Name, int Copies, WorkloadOptions Options, Func<WorkloadContext, CancellationToken, Task> Run);

/// <summary>
/// A host app's workloads, and how many copies the cluster wants of each: what the code says, until the tables say otherwise.
/// </summary>
sealed class WorkloadSet(IEnumerable<Workload> workloads)
{
    readonly Dictionary<string, Workload> byName = workloads.ToDictionary(workload => workload.Name, StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, int> wanted = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Workload> All => byName.Values;

    public Workload? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Thread-safe.</summary>
    public int CopiesOf(Workload workload) => wanted.GetValueOrDefault(workload.Name, workload.Copies);

    /// <summary>Thread-safe.</summary>
    public void Wanted(string name, int copies) => wanted[name] = copies;
}
