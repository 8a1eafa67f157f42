using System.Globalization;
using System.Text;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Configuration;

/// <summary>Kubernetes' downward API: what a pod may know of itself.</summary>
static class PodField
{
    /// <summary>Null for a path that is not known.</summary>
    /// <param name="ip">The pod's address; empty before it has one.</param>
    public static string? Read(string path, PodSurroundings around, string ip) => path switch
    {
        "metadata.name" => around.Launch.Name,
        "metadata.namespace" => around.Launch.Namespace,
        "metadata.uid" => around.Launch.Uid,
        "metadata.labels" => Lines(around.Template.Labels),
        "metadata.annotations" => Lines(around.Template.Annotations),
        "spec.nodeName" => around.Launch.NodeName,
        "status.hostIP" or "status.hostIPs" => around.HostIp,
        "status.podIP" or "status.podIPs" => ip,
        _ when PodFields.KeyOf(path, "metadata.labels") is { } key => around.Template.Labels[key] ?? "",
        _ when PodFields.KeyOf(path, "metadata.annotations") is { } key => around.Template.Annotations[key] ?? "",
        _ => null,
    };

    /// <summary>An amount in units of its divisor, rounded up.</summary>
    /// <param name="self">The container that asks, for a field that names none.</param>
    public static string Read(in ResourceField field, PodSurroundings around, string self)
    {
        var container = around.Launch.Template.Find(field.Container.Length == 0 ? self : field.Container);
        var isLimit = field.Resource.StartsWith("limits.", StringComparison.Ordinal);
        var resource = field.Resource[(field.Resource.IndexOf('.') + 1)..];
        var milli = container is null ? 0 : Milli(isLimit ? container.Limits : container.Requests, resource);
        if (isLimit && milli == 0 && resource is "cpu" or "memory" or "ephemeral-storage") milli = Milli(around.Room, resource);
        return ((milli + field.Divisor - 1) / field.Divisor).ToString(CultureInfo.InvariantCulture);
    }

    static Int128 Milli(in Resources amounts, string resource) => resource switch
    {
        "cpu" => amounts.Cpu.Value,
        "memory" => (Int128)1000 * amounts.Memory.Value,
        "ephemeral-storage" => (Int128)1000 * amounts.Disk.Value,
        _ => (Int128)1000 * amounts.CountOf(resource),
    };

    /// <summary>One <c>key="value"</c> a line, escaped as Go's <c>%q</c> does.</summary>
    static string Lines(Labels pairs)
    {
        var lines = new StringBuilder();
        foreach (var (key, value) in pairs)
        {
            if (lines.Length > 0) lines.Append('\n');
            lines.Append(key).Append("=\"");
            foreach (var c in value)
                _ = c switch
                {
                    '"' or '\\' => lines.Append('\\').Append(c),
                    '\n' => lines.Append("\\n"),
                    '\r' => lines.Append("\\r"),
                    '\t' => lines.Append("\\t"),
                    < ' ' or '\u007f' => lines.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                    _ => lines.Append(c),
                };
            lines.Append('"');
        }
        return lines.ToString();
    }
}
