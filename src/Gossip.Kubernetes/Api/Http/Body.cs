using System.Buffers;
using Gossip.Core.Wire;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>Takes a request's body, bounded before it is read.</summary>
static class Body
{
    /// <summary>An object of the greatest size, and what a client sends around it (status, managed fields, spaces).</summary>
    public const int Max = Limits.ObjectBytes + (64 << 10);

    /// <summary>The body; or an answer that refuses it.</summary>
    public static async Task<(ReadOnlyMemory<byte> Bytes, ApiAnswer? Refused)> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > Max) return (default, TooLarge());
        if (RefuseType(request.ContentType ?? "", HttpMethods.IsPatch(request.Method)) is { } refused) return (default, refused);
        var bytes = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4096) + 1);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                if (bytes.WrittenCount + segment.Length > Max) return (default, TooLarge());
                bytes.Write(segment.Span);
            }
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        return bytes.WrittenSpan.StartsWith("k8s\0"u8) ? (default, Protobuf()) : (bytes.WrittenMemory, null);
    }

    /// <summary>
    /// Of the types that <see cref="RequestGuard"/> lets through, and of a request without a body, those that the method takes.
    /// </summary>
    static ApiAnswer? RefuseType(string type, bool isPatch) => MediaTypes.Of(type) switch
    {
        "" or MediaTypes.Json or MediaTypes.Yaml when !isPatch => null,
        MediaTypes.JsonPatch or MediaTypes.MergePatch or MediaTypes.StrategicMergePatch when isPatch => null,
        MediaTypes.Protobuf => Protobuf(),
        var other => MediaTypes.Refuse(other, isPatch),
    };

    static ApiAnswer Protobuf() => Statuses.UnsupportedMediaType(
        "protobuf is not read here (kubectl create deployment, namespace, service … send it): "
        + "write the object into a file, and use kubectl create -f or gossip apply -f");

    static ApiAnswer TooLarge() => Statuses.TooLarge($"the body is larger than {Max} bytes: an object may have {Limits.ObjectBytes}");
}
