using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>An object that a client sent, read and checked.</summary>
sealed record Submission(ServedKind Kind, ObjectName Name, Manifest Manifest, IReadOnlyList<string> Warnings, bool DryRun)
{
    public JsonObject Root => Manifest.Root;

    /// <summary>What Kubernetes keeps of a longer prefix: a name of 63 letters without the suffix.</summary>
    const int SuffixLength = 5, PrefixMax = 63 - SuffixLength;

    /// <summary>Letters and digits that spell no words, as Kubernetes takes them.</summary>
    const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>The submission, or the answer that refuses it.</summary>
    /// <param name="madeOf">What a patch was laid over: its unknown fields are not the patch's fault. Null for a whole document.</param>
    public static (Submission? Submission, ApiAnswer? Refused) Read(
        ReadOnlySpan<byte> body, ResourcePath path, IQueryCollection query, JsonObject? madeOf = null)
    {
        var kind = path.Kind;
        var set = ManifestReader.Read("request body", body);
        if (!set.Faults.IsEmpty) return (null, Statuses.Invalid(null, "", set.Faults));
        if (set.Manifests is not [var manifest])
            return (null, Statuses.BadRequest($"the body holds {set.Manifests.Length} objects: send one"));
        var root = manifest.Root;
        if (manifest.Kind.Length == 0) root["kind"] = kind.Kind;
        if (manifest.ApiVersion.Length == 0) root["apiVersion"] = kind.ApiVersion;
        if (manifest.Kind != kind.Kind || manifest.ApiVersion != kind.ApiVersion)
            return (null, Statuses.WrongKind(manifest.Kind, manifest.ApiVersion, $"a {kind.Kind}", kind.ApiVersion));
        if (root["metadata"] is null) root["metadata"] = new JsonObject();
        if (root["metadata"] is JsonObject metadata && Complete(metadata, path) is { } problem) return (null, Statuses.BadRequest(problem));
        set = ManifestValidator.Check(set, path.Namespace.Length > 0 ? path.Namespace : ManifestValidator.DefaultNamespace);
        if (!set.Faults.IsEmpty) return (null, Statuses.Invalid(kind, manifest.Name, set.Faults));
        var (warnings, refused) = Unknown(set, query["fieldValidation"].ToString(), madeOf);
        if (refused is not null) return (null, refused);
        var name = kind.Name(path.Namespace, manifest.Name);
        return (new Submission(kind, name, set.Manifests[0], warnings, query["dryRun"].ToString() == "All"), null);
    }

    /// <summary>Fills in what the path says; the problem, if the two disagree.</summary>
    static string? Complete(JsonObject metadata, ResourcePath path)
    {
        var (name, @namespace) = (metadata["name"].AsText(), metadata["namespace"].AsText());
        if (path.Kind.Namespaced && @namespace.Length == 0) metadata["namespace"] = path.Namespace;
        else if (@namespace != path.Namespace && path.Kind.Namespaced)
            return "the namespace of the provided object does not match the namespace sent on the request: "
                + $"{@namespace} is not {path.Namespace}";
        if (path.Name.Length > 0)
        {
            if (name.Length == 0) metadata["name"] = path.Name;
            return name.Length == 0 || name == path.Name
                ? null
                : $"the name of the object ({name}) does not match the name on the URL ({path.Name})";
        }
        if (name.Length == 0 && metadata["generateName"].AsText() is { Length: > 0 } prefix)
            metadata["name"] = (prefix.Length > PrefixMax ? prefix[..PrefixMax] : prefix)
                + new string(Random.Shared.GetItems(SuffixLetters.AsSpan(), SuffixLength));
        return null;
    }

    /// <summary>
    /// Strict, which kubectl asks for, refuses unknown fields, as Kubernetes does. Otherwise they are kept, with a warning or without.
    /// </summary>
    static (IReadOnlyList<string> Warnings, ApiAnswer? Refused) Unknown(ManifestSet set, string validation, JsonObject? madeOf)
    {
        var unknown = set.Warnings.Where(warning => warning.Reason == FaultReason.UnknownField && !IsAt(warning.Field, madeOf))
            .Select(warning => $"unknown field \"{warning.Field}\"").ToArray();
        var others = set.Warnings.Where(warning => warning.Reason != FaultReason.UnknownField)
            .Select(warning => $"{warning.Field} {warning.Message}");
        return validation switch
        {
            "Strict" when unknown.Length > 0 => ([], Statuses.BadRequest($"strict decoding error: {string.Join(", ", unknown)}")),
            "" or "Warn" or "Strict" => ([.. unknown, .. others], null),
            "Ignore" => ([.. others], null),
            _ => ([], Statuses.BadRequest($"fieldValidation is '{validation}': must be Strict, Warn or Ignore")),
        };
    }

    /// <summary>Whether a document has something at the path of a finding.</summary>
    static bool IsAt(string field, JsonNode? document)
    {
        foreach (var step in field.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
            document = document is JsonArray items && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? at < items.Count ? items[at] : null
                : document.Below(step);
        return document is not null;
    }
}
