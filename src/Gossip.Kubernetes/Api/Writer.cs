using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.View;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api;

/// <summary>Performs POST and PUT: checks first, writes, and shows what then is.</summary>
sealed class Writer(Func<Request, CancellationToken, Task<Reply>> ask, Func<CancellationToken, Task<ClusterIndex>> look, TimeProvider clock)
{
    public async Task<ApiAnswer> CreateAsync(ResourcePath path, Submission submission, CancellationToken ct)
    {
        var (kind, name) = (path.Kind, submission.Name);
        var cluster = await look(ct);
        if (!cluster.HasNamespace(name.Namespace)) return Statuses.NotFound(ApiKind.Of(ApiKind.Namespace)!, name.Namespace);
        var present = new Reader(cluster, clock.GetUtcNow()).Find(kind, name.Namespace, name.Name);
        // A member is shown without an object of its own; the operator may still make one for it.
        if (present is not null && !(kind.Kind == ApiKind.Node && cluster.Find(name) is null)) return Statuses.AlreadyExists(kind, name.Name);
        var fields = FieldsOf(submission, cluster);
        if (submission.DryRun) return new ApiAnswer(201, WouldBe(kind, name, fields)) { Warnings = submission.Warnings };
        var reply = await ask(new CreateObject(name, kind.ApiVersion, fields), ct);
        return await ShowAsync(reply, 201, kind, name, submission, ct);
    }

    /// <param name="madeOf">What the submission was made of: refused with 409 when somebody has written since. Null for whatever is now.</param>
    public async Task<ApiAnswer> ReplaceAsync(ResourcePath path, Submission submission, CancellationToken ct, ClusterIndex? madeOf = null)
    {
        var (kind, name) = (path.Kind, submission.Name);
        var cluster = madeOf ?? await look(ct);
        if (new Reader(cluster, clock.GetUtcNow()).Find(kind, name.Namespace, name.Name) is not { } present) return Statuses.NotFound(kind, name.Name);
        var (uid, version) = (Metadata(submission.Root, "uid"), Metadata(submission.Root, "resourceVersion"));
        if (uid.Length > 0 && uid != Metadata(present, "uid")) return Statuses.Conflict(kind, name.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {Metadata(present, "uid")}");
        if (version.Length > 0 && version != Metadata(present, "resourceVersion")) return Statuses.Conflict(kind, name.Name);
        var held = cluster.Find(name);
        if (held is null && kind.Kind != ApiKind.Node) return Statuses.NotAllowed(DerivedText(kind, name, present));
        if (kind.Kind is ApiKind.Deployment or ApiKind.ReplicaSet && !JsonNode.DeepEquals(present["spec"]?["selector"], submission.Root["spec"]?["selector"]))
            return Statuses.Invalid(kind, name.Name, [new ManifestFault("", 1, default, "", "spec.selector", FaultReason.Invalid, "field is immutable: delete the object and create it anew")]);
        if (ConfigRules.Changes(present, ConfigRules.Normal(submission.Root)).ToArray() is { Length: > 0 } changes) return Statuses.Invalid(kind, name.Name, changes);
        var fields = FieldsOf(submission, cluster);
        if (submission.DryRun) return new ApiAnswer(200, WouldBe(kind, name, fields)) { Warnings = submission.Warnings };
        // The version shown may be that of the pod or node; the object's own, as of the same view, is what must not have moved.
        Request request = held is null
            ? new CreateObject(name, kind.ApiVersion, fields)
            : new ReplaceObject(name, version.Length > 0 || madeOf is not null ? held.Version : 0, fields);
        return await ShowAsync(await ask(request, ct), 200, kind, name, submission, ct);
    }

    async Task<ApiAnswer> ShowAsync(Reply reply, int code, ApiKind kind, ObjectName name, Submission submission, CancellationToken ct)
    {
        if (reply is Refused refused) return Statuses.From(refused, kind, name.Name);
        var shown = new Reader(await look(ct), clock.GetUtcNow()).Find(kind, name.Namespace, name.Name);
        // Somebody may have deleted it in between; it was stored all the same.
        shown ??= reply is ObjectStored stored ? ManifestMapper.ToJson(stored.Object) : submission.Root;
        return new ApiAnswer(code, shown) { Warnings = submission.Warnings };
    }

    /// <summary>What is written: the document without what this server put into it when it was read.</summary>
    static ImmutableArray<ObjectField> FieldsOf(Submission submission, ClusterIndex cluster)
    {
        var root = submission.Root;
        if (submission.Name.Kind == ApiKind.Node) WithoutCard(root, cluster.View.Nodes.FirstOrDefault(node => node.Member.Name == submission.Name.Name));
        // A pod that was read and is put back names the node that it got; it must not be bound to it by that.
        if (submission.Name.Kind == ApiKind.Pod && root["spec"] is JsonObject spec && cluster.Find(submission.Name) is { } held && held["spec.nodeName"] is null)
            spec.Remove("nodeName");
        // Its priority is said by this server, and follows from its class.
        if (submission.Name.Kind == ApiKind.Pod && root["spec"] is JsonObject shown) shown.Remove("priority");
        return ManifestMapper.ToFields(root);
    }

    /// <summary>Labels and taints that the node gives itself are no settings of the operator's.</summary>
    static void WithoutCard(JsonObject root, NodeView? node)
    {
        if (node is null) return;
        if (root["metadata"]?["labels"] is JsonObject labels)
        {
            var settings = node.Settings?[Core.Replication.Fields.Labels] is { } json ? JsonNode.Parse(json.Span).AsTexts().Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal) : [];
            foreach (var (key, value) in node.Labels)
                if (labels[key].AsText() == value && !settings.Contains(key)) labels.Remove(key);
            if (labels.Count == 0) ((JsonObject)root["metadata"]!).Remove("labels");
        }
        if (root["spec"] is not JsonObject spec) return;
        if (spec["taints"] is JsonArray taints)
        {
            var own = node.Member.Card.Taints.Select(Kinds.ShownNodes.ToJson).ToArray();
            for (var i = taints.Count - 1; i >= 0; i--)
                if (own.Any(taint => JsonNode.DeepEquals(taint, taints[i]))) taints.RemoveAt(i);
            if (taints.Count == 0) spec.Remove("taints");
        }
        if (spec.Count == 0) root.Remove("spec");
    }

    JsonObject WouldBe(ApiKind kind, ObjectName name, ImmutableArray<ObjectField> fields)
    {
        var root = ManifestMapper.ToJson(name, kind.ApiVersion, fields);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Kinds.ShownTime.Of(clock.GetUtcNow().ToUnixTimeMilliseconds());
        return root;
    }

    internal static string DerivedText(ApiKind kind, ObjectName name, JsonObject shown)
    {
        var owner = shown["metadata"]?["ownerReferences"]?[0];
        return kind.Kind switch
        {
            ApiKind.Pod => $"pod {name.Name} derives from {owner?["kind"].AsText()} {owner?["name"].AsText()}: change its template",
            ApiKind.Endpoints => $"endpoints {name.Name} follow the pods of the service {name.Name}: change its selector",
            ApiKind.Node => $"node {name.Name} is a member by being there: stop it, and it leaves",
            _ => $"{kind.Singular} {name.Name} is not written by users",
        };
    }

    static string Metadata(JsonObject root, string field) => root["metadata"]?[field].AsText() ?? "";
}
