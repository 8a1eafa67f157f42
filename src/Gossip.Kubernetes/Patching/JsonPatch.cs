using System.Text.Json.Nodes;
using Gossip.Core.Wire;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Patching;

/// <summary>
/// RFC 6902, over the tree itself: a typed library would rewrite numbers. What copies add is bounded: a list that is copied into
/// itself doubles with each operation.
/// </summary>
static class JsonPatch
{
    /// <summary>As Kubernetes has it.</summary>
    const int OperationsMax = 10_000;

    /// <summary>The patched document; <paramref name="root"/> is changed on the way, even by a patch that fails.</summary>
    /// <exception cref="BadPatch"/>
    public static JsonObject Apply(JsonObject root, JsonArray patch)
    {
        if (patch.Count > OperationsMax)
            throw new BadPatch($"the patch has {patch.Count} operations: send at most {OperationsMax} at once", isMalformed: true);
        JsonNode? document = root;
        var copied = 0L;
        for (var i = 0; i < patch.Count; i++)
        {
            if (patch[i] is not JsonObject operation) throw new BadPatch($"operation {i} is not an object", isMalformed: true);
            try
            {
                document = Apply(document, operation, ref copied);
            }
            catch (BadPatch bad)
            {
                throw new BadPatch(
                    $"operation {i} ({operation["op"].AsText()} {operation["path"].AsText()}): {bad.Message}", bad.IsMalformed);
            }
        }
        RefuseDeep(document); // moves nest as deep as they are many
        return document as JsonObject ?? throw new BadPatch("the patch leaves no object", isMalformed: false);
    }

    static JsonNode? Apply(JsonNode? root, JsonObject operation, ref long copied)
    {
        var path = Pointer(operation, "path");
        switch (operation["op"].AsText())
        {
            case "add": return Put(root, path, Value(operation));
            case "remove":
                Take(root, path);
                return root;
            case "replace":
                if (path.Length == 0) return Value(operation);
                Take(root, path); // in a list the same place is taken again
                return Put(root, path, Value(operation));
            case "move":
                var from = Pointer(operation, "from");
                if (path.Length > from.Length && path.AsSpan(0, from.Length).SequenceEqual(from))
                    throw new BadPatch("nothing moves into itself", isMalformed: false);
                return path.SequenceEqual(from) ? root : Put(root, path, Take(root, from));
            case "copy":
                var source = JsonPointer.Find(root, Pointer(operation, "from"));
                RefuseDeep(source);
                var copy = source?.DeepClone();
                copied += copy?.ToJsonString().Length ?? 0;
                if (copied > Limits.ObjectBytes)
                    throw new BadPatch($"the copies of one patch may have {Limits.ObjectBytes} bytes together", isMalformed: false);
                return Put(root, path, copy);
            case "test":
                if (!JsonNode.DeepEquals(JsonPointer.Find(root, path), Value(operation)))
                    throw new BadPatch("the value is another", isMalformed: false);
                return root;
            default: throw new BadPatch("op must be add, remove, replace, move, copy or test", isMalformed: true);
        }
    }

    /// <summary>Before anything recurses into it: a request must not be able to exhaust a thread's stack.</summary>
    static void RefuseDeep(JsonNode? root)
    {
        Stack<(JsonNode? Node, int Depth)> left = new([(root, 1)]);
        while (left.TryPop(out var at))
        {
            if (at.Node is not (JsonObject or JsonArray)) continue;
            if (at.Depth > ManifestLimits.Depth)
                throw new BadPatch($"what the patch makes is deeper than {ManifestLimits.Depth} levels", isMalformed: false);
            if (at.Node is JsonArray items) foreach (var item in items) left.Push((item, at.Depth + 1));
            else foreach (var (_, value) in (JsonObject)at.Node) left.Push((value, at.Depth + 1));
        }
    }

    static JsonNode? Put(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0) return value;
        JsonPointer.Add(root!, path, value);
        return root;
    }

    static JsonNode? Take(JsonNode? root, string[] path) =>
        path.Length > 0 ? JsonPointer.Remove(root!, path) : throw new BadPatch("the whole object cannot be taken out", isMalformed: false);

    static string[] Pointer(JsonObject operation, string field) =>
        operation[field] is JsonValue value && value.TryGetValue<string>(out var text)
            ? JsonPointer.Read(text)
            : throw new BadPatch($"{field} is missing: write a pointer such as /spec/replicas", isMalformed: true);

    static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value)
            ? value?.DeepClone()
            : throw new BadPatch("value is missing", isMalformed: true);
}
