using System.Collections.Immutable;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>
/// Where this machine keeps its control groups, in both of their versions: one tree for everything (v2), or one for each
/// controller (v1). Below each stands <c>gossip/NODE/POD/CONTAINER</c>.
/// </summary>
/// <param name="folders">The node's own folder by controller; in version 2 the same for all.</param>
sealed class CgroupTree(bool isUnified, ImmutableSortedDictionary<string, string> folders)
{
    static readonly string[] Needed = ["cpu", "cpuacct", "memory", "pids"];

    public bool IsUnified => isUnified;

    /// <param name="mounts">As /proc/self/mounts has it.</param>
    /// <param name="node">A name that no other node of this machine has.</param>
    /// <param name="why">What is missing.</param>
    public static CgroupTree? Find(string mounts, string node, out string why)
    {
        why = "";
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        string? unified = null;
        foreach (var line in mounts.Split('\n'))
        {
            if (line.Split(' ') is not [_, var path, var type, var options, ..]) continue;
            if (type == "cgroup2") unified ??= path;
            if (type != "cgroup") continue;
            foreach (var controller in Needed.Intersect(options.Split(','), StringComparer.Ordinal)) found.TryAdd(controller, $"{path}/gossip/{node}");
        }
        if (found.Count == Needed.Length) return new CgroupTree(false, found.ToImmutable());
        var missing = Needed.Where(controller => !found.ContainsKey(controller));
        if (unified is not null)
        {
            var offered = File.ReadAllText($"{unified}/cgroup.controllers").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            missing = Needed.Where(controller => controller != "cpuacct" && !offered.Contains(controller)); // in version 2 every group counts its time
            if (!missing.Any()) return new CgroupTree(true, Needed.ToImmutableSortedDictionary(name => name, _ => $"{unified}/gossip/{node}", StringComparer.Ordinal));
        }
        why = $"no cgroup controller for {string.Join(", ", missing)} is mounted; see /proc/self/mounts";
        return null;
    }

    /// <param name="name">The pod's, or the pod's and the container's, with <c>/</c> between.</param>
    public Cgroup Group(string name) => new(this, name);

    public string Folder(string controller, string name) => $"{folders[controller]}/{name}";

    /// <summary>Each folder once.</summary>
    public IEnumerable<string> Folders(string name) => folders.Values.Distinct(StringComparer.Ordinal).Select(folder => $"{folder}/{name}");

    /// <summary>The names of all pods that have a group.</summary>
    public IEnumerable<string> Pods() => folders.Values.Distinct(StringComparer.Ordinal).Where(Directory.Exists)
        .SelectMany(Directory.EnumerateDirectories).Select(path => Path.GetFileName(path)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The node's folders, and those that it shares with other nodes, where nothing is in them.</summary>
    public void RemoveEmpty()
    {
        foreach (var folder in folders.Values.Distinct(StringComparer.Ordinal))
            if (Libc.RemoveFolder(folder)) Libc.RemoveFolder(Path.GetDirectoryName(folder)!);
    }

    /// <summary>In version 2 a group's children have only the controllers that the group passes on.</summary>
    public void PassOn(string name)
    {
        if (!isUnified) return;
        var node = folders["cpu"];
        var above = new List<string> { Path.GetDirectoryName(Path.GetDirectoryName(node))!, Path.GetDirectoryName(node)!, node };
        foreach (var part in name.Split('/')[..^1]) above.Add($"{above[^1]}/{part}");
        foreach (var folder in above) File.WriteAllText($"{folder}/cgroup.subtree_control", "+cpu +memory +pids");
    }
}
