using System.Globalization;
using Docker.DotNet.Models;

namespace Gossip.Runtimes.Docker;

/// <summary>
/// The labels by which a node knows its own containers on an engine that it may share with others. The folder tells
/// apart nodes of one name: of two clusters, or a node from what an earlier one with a temporary folder left behind.
/// </summary>
sealed record ContainerLabels(string Node, string Folder)
{
    public const string NodeLabel = "gossip.node";
    public const string FolderLabel = "gossip.folder";
    public const string PodLabel = "gossip.pod";
    public const string ContainerLabel = "gossip.container"; // the pause container has none
    public const string AttemptLabel = "gossip.attempt";

    public Dictionary<string, string> OfPause(string pod) => new(StringComparer.Ordinal)
    {
        [NodeLabel] = Node, [FolderLabel] = Folder, [PodLabel] = pod,
    };

    public Dictionary<string, string> OfContainer(string pod, string container, int attempt) => new(OfPause(pod), StringComparer.Ordinal)
    {
        [ContainerLabel] = container, [AttemptLabel] = attempt.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>For lists and events: everything of this node's name.</summary>
    public Dictionary<string, IDictionary<string, bool>> Filter(string? pod = null)
    {
        var labels = new Dictionary<string, bool>(StringComparer.Ordinal) { [$"{NodeLabel}={Node}"] = true };
        if (pod is not null) labels[$"{PodLabel}={pod}"] = true;
        return new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["label"] = labels };
    }

    public bool IsOurs(ContainerListResponse container) => Label(container, FolderLabel) == Folder;

    /// <summary>It is of a node of our name whose folder is gone: nobody will ever ask for it again.</summary>
    public bool IsAbandoned(ContainerListResponse container) => !IsOurs(container) && !Directory.Exists(Label(container, FolderLabel));

    public static bool IsRunning(ContainerListResponse container) => container.State is "running" or "paused";
    public static string Label(ContainerListResponse container, string label) => container.Labels?.TryGetValue(label, out var value) is true ? value : "";
    public static int Attempt(ContainerListResponse container) =>
        int.TryParse(Label(container, AttemptLabel), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : 0;
}
