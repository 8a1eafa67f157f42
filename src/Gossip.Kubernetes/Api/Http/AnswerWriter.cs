using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>Writes answers, long lists item by item, so that no answer is in memory whole.</summary>
static class AnswerWriter
{
    const int FlushAt = 32 << 10;

    public static async Task WriteAsync(HttpContext context, ApiAnswer answer)
    {
        await WriteBodyAsync(context, answer);
        // Sent before what is left of the request is read past: an answer that refuses it must not wait for that.
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    static async Task WriteBodyAsync(HttpContext context, ApiAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Code;
        response.ContentType = answer.ContentType;
        response.Headers.CacheControl = "no-cache, private";
        foreach (var warning in answer.Warnings) response.Headers.Append("Warning", $"299 - \"{Quoted(warning)}\"");
        if (answer.Raw is { } raw)
        {
            await response.BodyWriter.WriteAsync(raw, context.RequestAborted);
            return;
        }
        await using var writer = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = true,
        });
        if (answer.Items is null)
        {
            answer.Body.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        foreach (var (name, value) in answer.Body)
        {
            writer.WritePropertyName(name);
            if (value is null) writer.WriteNullValue();
            else value.WriteTo(writer);
        }
        writer.WriteStartArray(answer.ItemsField);
        foreach (var item in answer.Items)
        {
            writer.WriteRawValue(item.Span, skipInputValidation: true);
            if (writer.BytesPending < FlushAt) continue;
            writer.Flush();
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A header holds one line of ASCII; the rest of it is not worth a broken answer.</summary>
    static string Quoted(string text) =>
        string.Concat(text.Select(c => c is '"' or '\\' ? $"\\{c}" : c is < ' ' or > '~' ? "?" : c.ToString()));
}
