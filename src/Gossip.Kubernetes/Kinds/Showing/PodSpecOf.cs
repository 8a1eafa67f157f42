using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>The document of a derived pod: its workload's template as it was sent, or else as much as the core keeps of it.</summary>
static class PodSpecOf
{
    public static JsonObject Template(ServedKind kind, PodView pod, ClusterIndex cluster)
    {
        var template = cluster.TemplateOf(pod);
        var metadata = template.Below("metadata")?.DeepClone() as JsonObject ?? new JsonObject { ["labels"] = Map(pod.Template.Labels) };
        metadata["name"] = pod.Name;
        metadata["namespace"] = pod.Namespace;
        return new JsonObject
        {
            ["apiVersion"] = kind.ApiVersion,
            ["kind"] = kind.Kind,
            ["metadata"] = metadata,
            ["spec"] = template.Below("spec")?.DeepClone() ?? FromTyped(pod.Template),
        };
    }

    /// <summary>Of a pod that outlived its workload, or its template.</summary>
    static JsonObject FromTyped(PodTemplate template)
    {
        var spec = new JsonObject
        {
            ["containers"] = new JsonArray([.. template.Containers.Select(FromTyped)]),
            ["restartPolicy"] = template.RestartPolicy.ToString(),
        };
        if (!template.InitContainers.IsEmpty) spec["initContainers"] = new JsonArray([.. template.InitContainers.Select(FromTyped)]);
        if (template.RuntimeClass != RuntimeNames.Containers) spec["runtimeClassName"] = template.RuntimeClass;
        if (template.NodeSelector.Count > 0) spec["nodeSelector"] = Map(template.NodeSelector);
        return spec;
    }

    static JsonNode FromTyped(ContainerSpec container)
    {
        var json = new JsonObject
        {
            ["name"] = container.Name,
            ["image"] = container.Image,
            ["command"] = new JsonArray([.. container.Command.Select(word => (JsonNode)word)]),
            ["args"] = new JsonArray([.. container.Args.Select(word => (JsonNode)word)]),
        };
        if (container.Role == ContainerRole.Sidecar) json["restartPolicy"] = "Always";
        return json;
    }

    static JsonObject Map(Labels labels) => new(labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
}
