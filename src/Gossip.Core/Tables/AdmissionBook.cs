using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tables;

/// <summary>The admissions of every node, whatever their pods.</summary>
/// <param name="shared">What other tables of the same rows have read; null for a table on its own.</param>
sealed class AdmissionBook(SharedRows? shared)
{
    readonly Dictionary<NodeId, List<Admission>> byNode = []; // in order of uid
    readonly SortedDictionary<int, int> priorities = []; // how many have each

    /// <summary>The least of any admission there is; null when there is none.</summary>
    public int? LeastPriority
    {
        get
        {
            foreach (var priority in priorities.Keys) return priority;
            return null;
        }
    }

    /// <summary>Whether any node but this one ever admitted anything.</summary>
    public bool HasAnyBut(NodeId node) => byNode.Count > (byNode.ContainsKey(node) ? 1 : 0);

    /// <summary>In order of uid.</summary>
    public IEnumerable<Admission> Of(NodeId node) => byNode.TryGetValue(node, out var held) ? held : [];

    public Admission? Find(NodeId node, Uid uid) => byNode.TryGetValue(node, out var held) && IndexOf(held, uid) is >= 0 and var at ? held[at] : null;

    /// <param name="held">The same admission before its row changed; null for a new one.</param>
    /// <returns>Null for a row that is no admission.</returns>
    public Admission? Read(Row row, Admission? held)
    {
        if (shared is null) return PodFacts.Read(row, held);
        if (!shared.TryRecall<Admission>(row, out var read)) shared.Remember(row, read = PodFacts.Read(row, held));
        return read;
    }

    /// <summary>A new one, or one that changed.</summary>
    public void Put(Admission admission)
    {
        if (!byNode.TryGetValue(admission.Node, out var held)) byNode.Add(admission.Node, held = []);
        var at = IndexOf(held, admission.Uid);
        if (at >= 0)
        {
            held[at] = admission;
            return;
        }
        held.Insert(~at, admission);
        Count(admission.Priority, 1);
    }

    public void Remove(Admission admission)
    {
        var held = byNode[admission.Node];
        held.RemoveAt(IndexOf(held, admission.Uid));
        Count(admission.Priority, -1);
    }

    void Count(int priority, int by)
    {
        var left = priorities.GetValueOrDefault(priority) + by;
        if (left > 0) priorities[priority] = left;
        else priorities.Remove(priority);
    }

    /// <summary>Where it is, or the complement of where it belongs.</summary>
    static int IndexOf(List<Admission> inOrder, Uid uid)
    {
        int low = 0, high = inOrder.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = inOrder[middle].Uid.CompareTo(uid);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
