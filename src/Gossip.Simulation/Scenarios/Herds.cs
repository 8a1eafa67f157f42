using System.Globalization;
using System.Text;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;

namespace Gossip.Simulation.Scenarios;

/// <summary>Gangs as users write them, each of two workloads, and how they do, seen from outside.</summary>
internal static class Herds
{
    public static ObjectName NameOf(string gang, int part) => Manifests.NameOf(string.Create(CultureInfo.InvariantCulture, $"{gang}-{part}"));

    public static CreateObject Deployment(string gang, int part, int replicas, int min, int milliCpu)
    {
        var plain = Manifests.Deployment(NameOf(gang, part).Name, replicas, milliCpu);
        return plain with { Fields = [.. plain.Fields.Select(field => field.Path == Core.Replication.Fields.Template ? field with { Json = Join(field.Json, gang, min) } : field)] };
    }

    static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> template, string gang, int min) => Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(template.Span).Replace("\"annotations\":{}", string.Create(CultureInfo.InvariantCulture, $"\"annotations\":{{\"gossip.dev/gang\":\"{gang}/{min}\"}}"), StringComparison.Ordinal));

    /// <summary>Whether the machines that are up had room for as many as it needs, if they were empty. Its pods are alike.</summary>
    public static bool FitsTogether(World world, Gang gang)
    {
        var (room, min) = (0L, int.MaxValue);
        foreach (var slot in gang.Members.Values)
        {
            if (!slot.IsDesired) continue;
            min = Math.Min(min, slot.Template.Gang!.Min);
            if (room > 0) continue;
            foreach (var node in world.Nodes)
                if (node.IsUp && ClusterState.Fits(node, slot)) room += node.Config.Card.Allocatable.Cpu.Value / slot.Template.Requests.Cpu.Value;
        }
        return room >= min;
    }

    /// <summary>Pods of the gang that runtimes run on machines that are up.</summary>
    public static int Running(World world, string gang)
    {
        var running = new HashSet<PodId>();
        if (Find(world, gang) is not { } found) return 0;
        foreach (var node in world.Nodes)
            foreach (var (run, pod) in node.Runtime.Pods)
                if (node.IsUp && pod.Runs && found.Members.ContainsKey(run.Pod)) running.Add(run.Pod);
        return running.Count;
    }

    public static Shortcoming? OneRunsWhyNot(World world, string[] gangs)
    {
        var (whole, told) = (0, new List<string>());
        foreach (var name in gangs)
        {
            if (Find(world, name) is not { } gang) continue;
            var (running, admitted, wanted) = (Running(world, name), Admitted(world, gang), gang.Members.Values.Count(slot => slot.IsDesired));
            if (running == wanted) whole++;
            else if (running > 0 || admitted > 0) whole = -gangs.Length;
            told.Add(string.Create(CultureInfo.InvariantCulture, $"of {name} {running} of {wanted} run, {admitted} are admitted"));
        }
        return whole == 1 ? null : new Shortcoming("A11", null, string.Join("; ", told));
    }

    public static bool IsPartlyAdmitted(World world, string name) =>
        Find(world, name) is { } gang && Admitted(world, gang) is > 0 and var admitted && admitted < gang.Members.Values.First().Template.Gang!.Min;

    /// <summary>
    /// Pods of a gang that have a place, by the word of those who gave it: each node's own tables of its own, and for nodes
    /// that are down what others remember of them.
    /// </summary>
    public static int Admitted(World world, Gang gang)
    {
        var admitted = new HashSet<PodId>();
        foreach (var node in world.Nodes)
        {
            if (!node.IsUp) continue;
            foreach (var id in gang.Members.Keys)
                foreach (var admission in node.Machine!.Slots.Find(id)?.Admissions ?? [])
                    if (!admission.Status.Draining && (admission.Node == node.Id || world.NodeOf(admission.Node) is { IsUp: false })) admitted.Add(id);
        }
        return admitted.Count;
    }

    static Gang? Find(World world, string name)
    {
        foreach (var node in world.Nodes)
            if (node.Machine?.Gangs.Find("default", name) is { } gang) return gang;
        return null;
    }
}
