using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gossip.Cli.Client;

/// <summary>
/// Reads fields of what a node answered. Whatever answers at a URL may be another program, so a field that is missing or of another type is
/// a <see cref="CliFailure"/> that names it, and not a fault of ours.
/// </summary>
static class AnswerFields
{
    public static string Text(this JsonNode? answer, string field) => Value<string>(answer, field, "text");
    public static int Number(this JsonNode? answer, string field) => Value<int>(answer, field, "whole number");
    public static bool Flag(this JsonNode? answer, string field) => Value<bool>(answer, field, "true or false");

    /// <summary>The text, or nothing where there is no such field.</summary>
    public static string TextOrNone(this JsonNode? answer, string field) =>
        answer is JsonObject fields && fields[field] is null ? "" : answer.Text(field);

    public static JsonNode Part(this JsonNode? answer, string field) =>
        answer is JsonObject fields && fields[field] is { } part ? part : throw Lacks(field, "part");

    public static JsonArray Items(this JsonNode? answer, string field) =>
        answer is JsonObject fields && fields[field] is JsonArray items ? items : throw Lacks(field, "list");

    /// <summary>The answer as an object.</summary>
    public static JsonObject Fields(this JsonNode? answer) => answer as JsonObject ?? throw Unknown();

    /// <summary>A list of texts.</summary>
    public static string[] Texts(this JsonNode? answer, string field) => [.. answer.Items(field).Select(item =>
        item is JsonValue value && value.TryGetValue(out string? text) ? text : throw Lacks(field, "list of texts"))];

    /// <summary>A whole answer, or a part of one, in a shape of ours.</summary>
    public static T As<T>(this JsonNode? answer) where T : class
    {
        try
        {
            if (answer.Deserialize<T>(NodeClient.Json) is { } read) return read;
        }
        catch (JsonException)
        {
            // Told below.
        }
        throw Unknown();
    }

    static CliFailure Unknown() => new("what answered is no Gossip node, or one of another version: its answer has another shape");

    static T Value<T>(JsonNode? answer, string field, string what) =>
        answer is JsonObject fields && fields[field] is JsonValue value && value.TryGetValue(out T? read) ? read : throw Lacks(field, what);

    static CliFailure Lacks(string field, string what) =>
        new($"what answered is no Gossip node, or one of another version: its answer has no {what} in '{field}'");
}
