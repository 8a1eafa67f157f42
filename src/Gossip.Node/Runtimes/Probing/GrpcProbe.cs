using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Gossip.Core.Templates;

namespace Gossip.Node.Runtimes.Probing;

/// <summary>
/// Passes when <c>grpc.health.v1.Health/Check</c> says SERVING. The call is one message of one field each way, written by hand
/// over HTTP/2 with prior knowledge. Source: GRPC Health Checking Protocol, and PROTOCOL-HTTP2 of gRPC.
/// </summary>
sealed class GrpcProbe : IDisposable
{
    const int MessageHeader = 5; // compressed 1, length 4
    const int AnswerMax = 1024; // its one field takes two bytes
    const byte ServiceField = 0x0A, StatusField = 0x08; // field 1 as text, field 1 as number
    static readonly string[] Statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    readonly HttpMessageInvoker http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });

    public async Task<Outcome> ActAsync(GrpcAction action, string ip, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder("http", ip, action.Port, "/grpc.health.v1.Health/Check").Uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Question(action.Service)) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("User-Agent", "gossip-probe");
        using var response = await http.SendAsync(request, cancel).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) return new Outcome(false, $"the gRPC server answered with HTTP status {(int)response.StatusCode}");

        var answer = new byte[AnswerMax];
        await using var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var length = await body.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        if (Field(response, "grpc-status") is not "0" and var code) return new Outcome(false, $"gRPC status {code}: {Field(response, "grpc-message")}");
        if (Status(answer.AsSpan(0, length)) is not { } status) return new Outcome(false, "the answer is no HealthCheckResponse");
        return new Outcome(status == 1, status == 1 ? "" : $"service unhealthy (responded with \"{Name(status)}\")");
    }

    public void Dispose() => http.Dispose();

    static byte[] Question(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var field = new MemoryStream();
        if (name.Length > 0)
        {
            field.WriteByte(ServiceField);
            for (var rest = (uint)name.Length; ; rest >>= 7)
            {
                field.WriteByte((byte)(rest < 0x80 ? rest : rest | 0x80));
                if (rest < 0x80) break;
            }
            field.Write(name);
        }
        var message = new byte[MessageHeader + field.Length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), (int)field.Length);
        field.ToArray().CopyTo(message, MessageHeader);
        return message;
    }

    /// <summary>An empty message is the enum's zero; null for what is none.</summary>
    static int? Status(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < MessageHeader || answer[0] != 0) return null;
        var message = answer[MessageHeader..];
        if (message.Length != BinaryPrimitives.ReadUInt32BigEndian(answer[1..])) return null;
        if (message.IsEmpty) return 0;
        return message.Length == 2 && message[0] == StatusField ? message[1] : null;
    }

    static string Name(int status) => status < Statuses.Length ? Statuses[status] : status.ToString(CultureInfo.InvariantCulture);

    /// <summary>A call that fails at once has its status among the headers, else it comes last.</summary>
    static string Field(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var last) || response.Headers.TryGetValues(name, out last) ? string.Concat(last) : "";
}
