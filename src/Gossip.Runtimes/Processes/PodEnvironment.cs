using Gossip.Core.Model;
using Gossip.Core.Pods;

namespace Gossip.Runtimes.Processes;

/// <summary>
/// The environment of a container: little of the node's own, the pod's address, then the manifest's variables in
/// their order, each of which may refer to those before it.
/// </summary>
static class PodEnvironment
{
    /// <summary>Marks every process of a container, also one that left its session; the value is the container's folder, where its log is.</summary>
    public const string Mark = "GOSSIP_CONTAINER";

    static readonly string[] Inherited = ["HOME", "LANG", "TZ", "DOTNET_ROOT"];

    /// <exception cref="StartError">A variable that cannot be given, named in the message.</exception>
    public static Dictionary<string, string> Build(PodLaunch launch, ContainerSpec container, string ip, string folder)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) variables[name] = value;
        // The node's own folder comes first, so that a pod finds `gossip` itself.
        variables["PATH"] = AppContext.BaseDirectory.TrimEnd('/') + ":"
            + (Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : "/usr/local/bin:/usr/bin:/bin");
        variables["POD_IP"] = ip;
        if (!container.Environment.IsDefault)
        {
            foreach (var (name, literal, field) in container.Environment)
            {
                if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0'))
                    throw new StartError(StartError.Invalid, $"env '{name}': not a name of a variable");
                var value = field is null
                    ? Expansion.Expand(literal, variables)
                    : Field(field, launch, ip) ?? throw new StartError(StartError.Invalid, $"env '{name}': fieldRef '{field}' is not known here");
                if (value.Contains('\0')) throw new StartError(StartError.Invalid, $"env '{name}': the value holds a zero byte");
                variables[name] = value;
            }
        }
        variables[Mark] = folder;
        return variables;
    }

    static string? Field(string path, PodLaunch launch, string ip) => path switch
    {
        "metadata.name" => launch.Name,
        "metadata.namespace" => launch.Namespace,
        "metadata.uid" => launch.Uid,
        "spec.nodeName" => launch.NodeName,
        "status.podIP" or "status.podIPs" => ip,
        _ when Key(path, "metadata.labels") is { } key => launch.Template.Labels[key] ?? "",
        _ when Key(path, "metadata.annotations") is { } key => launch.Template.Annotations[key] ?? "",
        _ => null,
    };

    /// <summary>The key of <c>metadata.labels['key']</c>.</summary>
    static string? Key(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) && path.Length > map.Length + 4
            ? path[(map.Length + 2)..^2]
            : null;
}
