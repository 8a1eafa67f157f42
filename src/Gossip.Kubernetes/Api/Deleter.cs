using Gossip.Core.Ports;
using Gossip.Core.Requests;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api;

/// <summary>Performs DELETE: of one object with what goes before it, and of a collection.</summary>
sealed class Deleter(ClusterAccess node)
{
    public async Task<ApiAnswer> DeleteAsync(ResourcePath path, DeleteOptions options, CancellationToken ct)
    {
        var kind = path.Kind;
        var name = kind.Name(path.Namespace, path.Name);
        var cluster = await node.LookAsync(ct);
        if (node.Read(cluster).Find(kind, path.Namespace, path.Name) is not { } shown) return Statuses.NotFound(kind, path.Name);
        var uid = shown.Below("metadata", "uid").AsText();
        if (options.Uid.Length > 0 && options.Uid != uid)
            return Statuses.Conflict(
                kind, path.Name,
                $"the UID in the precondition ({options.Uid}) does not match the UID in record ({uid}). "
                + "The object might have been deleted and then recreated");
        if (options.Version.Length > 0 && options.Version != shown.Below("metadata", "resourceVersion").AsText())
            return Statuses.Conflict(kind, path.Name);
        if (kind.WhyNotDeleted(path.Name) is { } kept) return Statuses.Forbidden(kind, path.Name, kept);
        if (cluster.Find(name) is null && !kind.DeletesDerived) return Statuses.NotAllowed(kind.WhyNotWritten(path.Name, shown));
        if (options.DryRun) return Statuses.Success(kind, path.Name, uid) with { Warnings = options.Warnings };
        foreach (var first in kind.DeletedWith(path.Name, cluster))
            if (await node.AskAsync(new DeleteObject(first, options.Grace), ct) is Refused { Because: not RefusedBecause.NotFound } stays)
                return Statuses.Unavailable($"{first} could not be deleted: {stays.Message}; try again");
        if (await node.AskAsync(new DeleteObject(name, options.Grace), ct) is Refused refused)
            return Statuses.From(refused, kind, path.Name);
        // What ends gracefully is still there: the client gets it with its deletion time, and waits until it is gone.
        var left = (await node.ReadAsync(ct)).Find(kind, path.Namespace, path.Name);
        var answer = left.Below("metadata", "deletionTimestamp") is not null && left.Below("metadata", "uid").AsText() == uid
            ? new ApiAnswer(200, left!)
            : Statuses.Success(kind, path.Name, uid);
        return answer with { Warnings = options.Warnings };
    }

    public async Task<ApiAnswer> DeleteManyAsync(ServedKind kind, Choice choice, DeleteOptions options, CancellationToken ct)
    {
        foreach (var shown in (await node.ReadAsync(ct)).Choose(kind, choice))
        {
            var answer = await DeleteAsync(new ResourcePath(kind, shown.Name.Namespace, shown.Name.Name, ""), options, ct);
            // Gone meanwhile is as good; what nobody can delete does not keep the rest.
            if (answer.Code is not (200 or 404 or 405 or 403)) return answer;
        }
        return Statuses.Success(kind, "", "");
    }
}
