namespace Gossip.Core.Pods.Configuration;

/// <summary>Kubernetes' downward API: fields of a pod by their path.</summary>
static class PodField
{
    /// <summary>Null for a path that is not known.</summary>
    public static string? Read(string path, PodLaunch launch, string ip) => path switch
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
