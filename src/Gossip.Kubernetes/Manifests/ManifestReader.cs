using System.Text;
using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Manifests;

/// <summary>
/// Reads YAML or JSON (one value or several) into documents: empty ones are skipped, lists of objects are taken apart.
/// Never throws for what it is given; what is wrong comes back as faults.
/// </summary>
static class ManifestReader
{
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The documents of a text.</summary>
    /// <param name="source">What faults call it.</param>
    /// <param name="text">YAML or JSON.</param>
    public static ManifestSet Read(string source, string text) => Read(source, Encoding.UTF8.GetBytes(text));

    /// <summary>The documents of a text in UTF-8, at most 32 MiB.</summary>
    /// <param name="source">What faults call it.</param>
    /// <param name="utf8">YAML or JSON.</param>
    public static ManifestSet Read(string source, ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var positions = new Dictionary<JsonNode, Position>();
        var documents = new Documents(source, positions);
        if (utf8.Length > ManifestLimits.InputBytes)
        {
            documents.Fault(
                default, FaultReason.TooLarge, $"is {utf8.Length} bytes, more than {ManifestLimits.InputBytes}: apply it in parts");
            return documents.ToSet();
        }
        try
        {
            if (utf8.TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
            {
                var json = new JsonTree(utf8, positions);
                while (documents.HasRoom && json.TryRead(out var document, out var at)) documents.Add(document, at);
            }
            else
            {
                var yaml = new YamlTree(Strict.GetString(utf8), positions);
                while (documents.HasRoom && yaml.TryRead(out var document, out var at)) documents.Add(document, at);
            }
        }
        catch (BadText bad)
        {
            documents.Fault(bad.At, FaultReason.Malformed, bad.Message);
        }
        catch (DecoderFallbackException)
        {
            documents.Fault(default, FaultReason.Malformed, "is not UTF-8 text");
        }
        return documents.ToSet();
    }

    /// <summary>Collects the documents of one source.</summary>
    sealed class Documents(string source, Dictionary<JsonNode, Position> positions)
    {
        readonly List<Manifest> manifests = [];
        readonly List<ManifestFault> faults = [];
        int number = 1;

        public bool HasRoom
        {
            get
            {
                if (manifests.Count <= ManifestLimits.Documents) return true;
                Fault(default, FaultReason.TooLarge, $"has more than {ManifestLimits.Documents} objects: apply it in parts");
                return false;
            }
        }

        public void Fault(Position at, FaultReason reason, string message) =>
            faults.Add(new ManifestFault(source, number, at, "", "", reason, message));

        public void Add(JsonNode? document, Position at)
        {
            if (document is JsonObject root) AddObject(root);
            else if (document is not null) Fault(at, FaultReason.Malformed, "is not an object: a manifest starts with apiVersion and kind");
            number++;
        }

        /// <summary><c>kind: List</c> and the typed lists (<c>PodList</c>) that <c>kubectl get -o yaml</c> prints.</summary>
        void AddObject(JsonObject root)
        {
            if (!root["kind"].AsText().EndsWith("List", StringComparison.Ordinal) || root["items"] is not JsonArray items)
            {
                manifests.Add(new Manifest(source, number, root, positions));
                return;
            }
            var inside = items.ToArray();
            items.Clear();
            for (var i = 0; i < inside.Length && manifests.Count <= ManifestLimits.Documents; i++)
            {
                if (inside[i] is JsonObject item) AddObject(item);
                else faults.Add(new ManifestFault(
                    source, number, default, root["kind"].AsText(), $"items[{i}]", FaultReason.Invalid, "is not an object"));
            }
        }

        public ManifestSet ToSet() => new([.. manifests], [.. faults], []);
    }
}
