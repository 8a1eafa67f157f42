using System.Text.Json.Nodes;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;
using Gossip.Kubernetes.Plans;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Services, as sent. This version gives out no cluster address and invents none.</summary>
sealed class ServiceKind : ServedKind
{
    public static readonly ServiceKind Instance = new()
    {
        Kind = "Service",
        Plural = "services",
        Singular = "service",
        ShortName = "svc",
        Model = typeof(V1Service),
    };

    public override bool IsInAll => true;

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = ["spec.clusterIP", "spec.type"];

    public override string? NameProblem(string name) => Names.ServiceName(name);

    public override IReadOnlyList<ManifestRule> Rules { get; } =
        [new SpecPresentRule(), new ServiceTypeRule(), new ServiceSelectorRule(), new ServicePortsRule()];

    public override IEnumerable<string> Outlook(Manifest manifest, ClusterView? view, IEnumerable<Manifest> all) =>
        ServiceOutlook.Of(manifest, view, all);

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Type", (service, _) => TypeOf(service)),
        new("Cluster-IP", (service, _) => Cells.OrNone(service.Below("spec", "clusterIP").AsText())),
        new("External-IP", (service, _) => TypeOf(service) switch
        {
            "LoadBalancer" => "<pending>",
            "ExternalName" => service.Below("spec", "externalName").AsText(),
            _ => Cells.OrNone(string.Join(",", (service.Below("spec", "externalIPs") as JsonArray ?? []).Select(ip => ip.AsText()))),
        }),
        new("Port(s)", (service, _) => Cells.OrNone(string.Join(",", (service.Below("spec", "ports") as JsonArray ?? []).Select(Port)))),
        Column.OfAge,
        new("Selector", (service, _) => Cells.Pairs(service.Below("spec", "selector")), Wide: true),
    ];

    protected override JsonObject Show(ObjectView held, ClusterIndex cluster)
    {
        var root = base.Show(held, cluster);
        root["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        return root;
    }

    static string TypeOf(JsonObject service) => service.Below("spec", "type").AsText() is { Length: > 0 } type ? type : "ClusterIP";

    static string Port(JsonNode? port)
    {
        var protocol = port.Below("protocol").AsText() is { Length: > 0 } named ? named : "TCP";
        var number = Cells.Number(port.Below("port"));
        return Cells.Number(port.Below("nodePort")) is > 0 and var node ? $"{number}:{node}/{protocol}" : $"{number}/{protocol}";
    }
}
