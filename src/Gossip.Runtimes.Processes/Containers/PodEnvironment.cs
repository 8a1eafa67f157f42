using Gossip.Core.Ports;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>The environment of a container: little of the node's own, then what the core resolved.</summary>
static class PodEnvironment
{
    /// <summary>Marks every process of a container, also one that left its session; the value is the container's folder, where its log is.</summary>
    public const string Mark = "GOSSIP_CONTAINER";

    /// <summary>What to put before a mount's path to find it: empty where mounts are where the manifest says.</summary>
    public const string RootVariable = "GOSSIP_ROOT";

    static readonly string[] Inherited = ["HOME", "LANG", "TZ", "DOTNET_ROOT"];

    public static Dictionary<string, string> Build(ContainerStart start, string folder, string root)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) variables[name] = value;
        // The node's own folder comes first, so that a pod finds `gossip` itself.
        variables["PATH"] = AppContext.BaseDirectory.TrimEnd('/') + ":"
            + (Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : "/usr/local/bin:/usr/bin:/bin");
        variables[RootVariable] = root;
        foreach (var (name, value) in start.Environment) variables[name] = value;
        variables[Mark] = folder;
        return variables;
    }
}
