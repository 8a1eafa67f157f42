namespace Gossip.Core.Scheduling.Filters;

/// <summary>Words about the labels by which nodes lie together.</summary>
static class Topologies
{
    /// <summary><c>topology.kubernetes.io/zone</c> is a zone to people.</summary>
    public static string Short(string key) => key[(key.LastIndexOf('/') + 1)..];

    /// <summary>Of nodes that do not have a label's value.</summary>
    public static string NotIn(string key, string value) => Short(key) is "zone" or "region"
        ? $"are not in {Short(key)} {value}"
        : $"lack label {key}={value}";

    /// <summary>Nothing for a domain that is the node itself.</summary>
    public static string InTheir(string key) => Short(key) == "hostname" ? "" : $" in their {Short(key)}";

    /// <summary>Behind a node's name: <c>in b, which</c>, for what its domain has.</summary>
    public static string Its(string key, string domain) => Short(key) == "hostname" ? "" : $"in {domain}, which ";

    public static FilterVerdict Lacks(string key, string what) => FilterVerdict.No($"has no {key} {what}", $"have no label {key} {what}");
}
