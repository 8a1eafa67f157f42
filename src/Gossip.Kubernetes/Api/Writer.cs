using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Requests;
using Gossip.Core.Templates;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using ObjectField = Gossip.Core.Kinds.ObjectField;

namespace Gossip.Kubernetes.Api;

/// <summary>Performs POST and PUT: checks first, writes, and shows what then is.</summary>
sealed class Writer(ClusterAccess node)
{
    public async Task<ApiAnswer> CreateAsync(Submission submission, CancellationToken ct)
    {
        var (kind, name) = (submission.Kind, submission.Name);
        var cluster = await node.LookAsync(ct);
        if (!cluster.HasNamespace(name.Namespace)) return Statuses.NotFound(NamespaceKind.Instance, name.Namespace);
        var present = node.Read(cluster).Find(kind, name.Namespace, name.Name);
        if (present is not null && !(kind.TakesSettings && cluster.Find(name) is null)) return Statuses.AlreadyExists(kind, name.Name);
        var (fields, template) = ContentOf(submission, cluster);
        if (submission.DryRun) return new ApiAnswer(201, WouldBe(submission, fields)) { Warnings = submission.Warnings };
        var request = new CreateObject(name, kind.ApiVersion, fields) { Template = template };
        return await ShowAsync(await node.AskAsync(request, ct), 201, submission, ct);
    }

    /// <param name="madeOf">
    /// What the submission was made of: refused with 409 when somebody has written since. Null for whatever is now.
    /// </param>
    public async Task<ApiAnswer> ReplaceAsync(Submission submission, CancellationToken ct, ClusterIndex? madeOf = null)
    {
        var (kind, name, root) = (submission.Kind, submission.Name, submission.Root);
        var cluster = madeOf ?? await node.LookAsync(ct);
        if (node.Read(cluster).Find(kind, name.Namespace, name.Name) is not { } present) return Statuses.NotFound(kind, name.Name);
        var (uid, version) = (Metadata(root, "uid"), Metadata(root, "resourceVersion"));
        if (uid.Length > 0 && uid != Metadata(present, "uid"))
            return Statuses.Conflict(
                kind, name.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {Metadata(present, "uid")}");
        if (version.Length > 0 && version != Metadata(present, "resourceVersion")) return Statuses.Conflict(kind, name.Name);
        var held = cluster.Find(name);
        if (held is null && !kind.TakesSettings) return Statuses.NotAllowed(kind.WhyNotWritten(name.Name, present));
        if (kind.ForbiddenChanges(present, kind.Normalize(root)).ToArray() is { Length: > 0 } changes)
            return Statuses.Invalid(
                kind, name.Name,
                [.. changes.Select(change => new ManifestFault("", 1, default, "", change.Field, change.Reason, change.Message))]);
        var wanted = (JsonObject)kind.Normalize(root).DeepClone();
        submission = submission with { Warnings = [.. submission.Warnings, .. kind.ChangeWarnings(present, wanted)] };
        if (submission.DryRun) return new ApiAnswer(200, WouldBecome(wanted, present)) { Warnings = submission.Warnings };
        var (fields, template) = ContentOf(submission, cluster);
        // The version shown may be that of the pod or node; the object's own, as of the same view, is what must not have moved.
        Request request = held is null
            ? new CreateObject(name, kind.ApiVersion, fields) { Template = template }
            : new ReplaceObject(name, version.Length > 0 || madeOf is not null ? held.Version : 0, fields) { Template = template };
        return await ShowAsync(await node.AskAsync(request, ct), 200, submission, ct);
    }

    async Task<ApiAnswer> ShowAsync(Reply reply, int code, Submission submission, CancellationToken ct)
    {
        var (kind, name) = (submission.Kind, submission.Name);
        if (reply is Refused refused) return Statuses.From(refused, kind, name.Name);
        var shown = (await node.ReadAsync(ct)).Find(kind, name.Namespace, name.Name);
        // Somebody may have deleted it in between; it was stored all the same.
        shown ??= reply is ObjectStored stored ? ManifestMapper.ToJson(stored.Object) : submission.Root;
        return new ApiAnswer(code, shown) { Warnings = submission.Warnings };
    }

    /// <summary>What is written: the document without what this server put into it when it was read.</summary>
    static (ImmutableArray<ObjectField> Fields, ParsedTemplate? Template) ContentOf(Submission submission, ClusterIndex cluster)
    {
        if (!submission.Kind.TakeOutShown(submission.Root, cluster)) return (submission.Manifest.Fields, submission.Manifest.Template);
        return (ManifestMapper.ToFields(submission.Root), null);
    }

    JsonObject WouldBe(Submission submission, ImmutableArray<ObjectField> fields)
    {
        var root = ManifestMapper.ToJson(submission.Name, submission.Kind.ApiVersion, fields);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ShownTime.Of(node.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        return root;
    }

    /// <summary>What a write would leave: what only this server says stays as it is, but that a change of the spec is counted.</summary>
    static JsonObject WouldBecome(JsonObject wanted, JsonObject present)
    {
        var (metadata, before) = ((JsonObject)wanted["metadata"]!, present["metadata"] as JsonObject ?? []);
        foreach (var field in ManifestMapper.ServerSet)
        {
            metadata.Remove(field);
            if (before[field] is { } said) metadata[field] = said.DeepClone();
        }
        if (metadata["generation"].AsInteger() is { } generation && !JsonNode.DeepEquals(wanted["spec"], present["spec"]))
            metadata["generation"] = generation + 1;
        wanted.Remove("status");
        if (present["status"] is { } status) wanted["status"] = status.DeepClone();
        return wanted;
    }

    static string Metadata(JsonObject root, string field) => root.Below("metadata", field).AsText();
}
