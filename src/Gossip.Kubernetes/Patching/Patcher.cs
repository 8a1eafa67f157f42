using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Patching;

/// <summary>
/// Performs PATCH: computes it on what this node shows, and replaces the object by the outcome, which writes only the cells that
/// differ. So patches of different fields that two nodes take at once both hold.
/// </summary>
static class Patcher
{
    public static async Task<ApiAnswer> PatchAsync(ApiCall call)
    {
        var (body, refused) = await Body.ReadAsync(call.Request);
        if (refused is not null) return refused;
        var type = MediaTypes.Of(call.Request.ContentType);
        try
        {
            var patch = Read(body.Span, type);
            return await Rewriter.RewriteAsync(call, shown => Apply(shown, patch, type, call.Path.Kind, call.Path.Name));
        }
        catch (BadPatch bad)
        {
            return Statuses.BadRequest(bad.Message);
        }
    }

    /// <summary>The document that a patch makes of another, or the answer that refuses it.</summary>
    public static (JsonObject? Patched, ApiAnswer? Refused) Apply(
        JsonObject shown, JsonNode patch, string type, ServedKind kind, string name)
    {
        try
        {
            var patched = (JsonObject)shown.DeepClone();
            if (type == MediaTypes.JsonPatch) return (JsonPatch.Apply(patched, (JsonArray)patch), null);
            if (type == MediaTypes.MergePatch) MergePatch.Apply(patched, (JsonObject)patch);
            else StrategicMergePatch.Apply(patched, (JsonObject)patch, kind.Model);
            return (patched, null);
        }
        catch (BadPatch bad) when (bad.IsMalformed)
        {
            return (null, Statuses.BadRequest(bad.Message));
        }
        catch (BadPatch bad)
        {
            return (null, Statuses.Invalid(kind, name, [new ManifestFault("", 1, default, "", "patch", FaultReason.Invalid, bad.Message)]));
        }
    }

    /// <exception cref="BadPatch">It is no patch of its type.</exception>
    public static JsonNode Read(ReadOnlySpan<byte> body, string type)
    {
        if (type != MediaTypes.JsonPatch)
        {
            var set = ManifestReader.Read("request body", body);
            if (set.Faults is [var fault, ..]) throw new BadPatch(fault.Message, isMalformed: true);
            return set.Manifests is [{ Root: var root }] ? root : throw new BadPatch("the body must be one patch", isMalformed: true);
        }
        try
        {
            var tree = new JsonTree(body, []);
            if (tree.TryRead(out var list, out _) && list is JsonArray operations && !tree.TryRead(out _, out _)) return operations;
        }
        catch (BadText bad)
        {
            throw new BadPatch($"line {bad.At.Line}, column {bad.At.Column}: {bad.Message}", isMalformed: true);
        }
        throw new BadPatch("a JSON patch is a list of operations", isMalformed: true);
    }
}
