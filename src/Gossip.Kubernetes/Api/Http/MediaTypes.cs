using Microsoft.Net.Http.Headers;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>The content types of bodies that the API reads.</summary>
static class MediaTypes
{
    public const string Json = "application/json", Yaml = "application/yaml", Protobuf = "application/vnd.kubernetes.protobuf",
        JsonPatch = "application/json-patch+json", MergePatch = "application/merge-patch+json",
        StrategicMergePatch = "application/strategic-merge-patch+json";

    /// <summary>The type alone, in lower case; empty when the header is missing or cannot be read.</summary>
    public static string Of(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed.MediaType.ToString().ToLowerInvariant() : "";

    /// <summary>
    /// Whether a web page cannot send the type without asking first, and the API reads it or knows a better answer than 415. The
    /// types that a page may send at will are text/plain and those of forms.
    /// </summary>
    public static bool IsKnown(string type) => type is Json or Yaml or Protobuf or JsonPatch or MergePatch or StrategicMergePatch;

    public static ApiAnswer Refuse(string type, bool isPatch) =>
        Statuses.UnsupportedMediaType($"a {(isPatch ? "patch" : "body")} of type {type} is not read here: send {Advice(isPatch)}");

    /// <summary>What to send instead.</summary>
    public static string Advice(bool isPatch) => isPatch ? $"{JsonPatch}, {MergePatch} or {StrategicMergePatch}" : $"{Json} or {Yaml}";
}
