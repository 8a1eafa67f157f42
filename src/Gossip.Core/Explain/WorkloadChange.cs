using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Core.Explain;

/// <summary>What writing a workload does to its pods: which stay, which go, which come. Chosen as the clerk and the slot table would.</summary>
sealed class WorkloadChange
{
    readonly List<(PodView Pod, string Because)> leave = [];

    WorkloadChange(ObjectName name, PodTemplate template, int before, int after) => (Name, Template, Before, After) = (name, template, before, after);

    public ObjectName Name { get; }
    public PodTemplate Template { get; }
    public int Before { get; }
    public int After { get; }

    /// <summary>Those that have a place, and keep it.</summary>
    public List<PodView> Stay { get; } = [];

    public IReadOnlyList<(PodView Pod, string Because)> Leave => leave;

    /// <summary>Those without a place, by ordinal: new ones, and those that are there already and pending.</summary>
    public List<Slot> Come { get; } = [];

    /// <returns>Null for what is no workload, or derives no pod.</returns>
    /// <param name="pods">Of every object that is there, by its uid.</param>
    /// <param name="problem">Of a workload that derives no pod: why, with the field; else empty.</param>
    public static WorkloadChange? Of(Intent intent, ClusterView view, ILookup<Uid, PodView> pods, Board board, out string problem)
    {
        problem = "";
        if (ObjectKinds.WorkloadOf(intent.Name) is not { } kind) return null;
        var spec = kind.Derive(path => ObjectRules.Json(intent.Fields, path), intent.Fields.Select(field => field.Path), null, null);
        if (spec.Template is not { } template)
        {
            problem = $"{spec.Field}: {spec.Problem}";
            return null;
        }
        var held = view.Objects.FirstOrDefault(held => held.Name == intent.Name && !held.Deleting && !held.NameConflict);
        var present = held is null ? [] : pods[held.Uid].Where(pod => !pod.Deleting).ToArray();
        var change = new WorkloadChange(intent.Name, template, present.Length, spec.Ordinals.Count);
        foreach (var pod in present.Where(pod => pod.Id.Template != template.Hash)) change.leave.Add((pod, "its template changes"));
        // Down: pending ones go first, then unready ones, then the youngest; as ScaleChoice has it.
        var alike = present.Where(pod => pod.Id.Template == template.Hash)
            .OrderByDescending(pod => pod.Standing is null ? 0 : pod.Ready ? 2 : 1)
            .ThenBy(pod => pod.Standing?.AdmittedAt ?? Stamp.Zero).ThenBy(pod => pod.Id.Ordinal).ToArray();
        foreach (var pod in alike.Skip(change.After)) change.leave.Add((pod, "scaled down"));
        var kept = alike.Take(change.After).OrderBy(pod => pod.Id.Ordinal).ToArray();
        foreach (var pod in kept)
            if (pod.Standing is null && pod.Phase == PodPhase.Pending && board.Find(pod.Id) is { } waiting) change.Come.Add(waiting);
            else change.Stay.Add(pod);
        var taken = kept.Select(pod => pod.Id.Ordinal).ToHashSet();
        var uid = held?.Uid ?? new Uid(StableHash.Of(intent.Name.ToString()), 1); // nobody has it yet; only ties of scores depend on it
        for (var ordinal = 0; taken.Count < change.After; ordinal++)
            if (taken.Add(ordinal)) change.Come.Add(NewSlot(intent.Name, new PodId(uid, ordinal, template.Hash), template));
        return change;
    }

    static Slot NewSlot(ObjectName workload, PodId id, PodTemplate template) =>
        new() { Id = id, Workload = workload, Template = template, IsDesired = true };
}
