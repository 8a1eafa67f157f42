using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>Probes and hooks of one container, with the names of its ports resolved.</summary>
sealed class ProbeReader(TemplateFaults faults, ImmutableArray<ContainerPort> ports)
{
    /// <summary>A year is for ever, and keeps the arithmetic of instants from overflowing.</summary>
    public const int SecondsMax = 365 * 24 * 3600;
    const int CountMax = 1_000_000;
    const int HeadersMax = 64;
    const int WordsMax = 1024;

    enum Use : byte { Probe, Hook }

    /// <param name="name"><c>startupProbe</c>, <c>livenessProbe</c> or <c>readinessProbe</c>.</param>
    public Probe? Read(JsonElement container, string name, string path)
    {
        if (JsonTexts.Member(container, name, JsonValueKind.Object) is not { } probe) return null;
        var field = $"{path}.{name}";
        var action = ReadAction(probe, field, Use.Probe);
        var successes = Count(probe, "successThreshold", field, 1);
        var grace = faults.Number(probe, "terminationGracePeriodSeconds", field, 1, SecondsMax);
        var isReadiness = name == "readinessProbe";
        faults.RefuseIf(!isReadiness && successes != 1, $"{field}.successThreshold", "must be 1: only readiness may ask for more");
        faults.RefuseIf(isReadiness && grace is not null, $"{field}.terminationGracePeriodSeconds", "must not be set: failed readiness ends nothing");
        return action is null ? null : new Probe(
            action,
            Seconds(probe, "initialDelaySeconds", field, 0),
            Seconds(probe, "periodSeconds", field, 10),
            Seconds(probe, "timeoutSeconds", field, 1),
            Count(probe, "failureThreshold", field, 3),
            successes,
            grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    /// <param name="name"><c>postStart</c> or <c>preStop</c>.</param>
    public PodAction? ReadHook(JsonElement container, string name, string path) =>
        JsonTexts.Member(container, "lifecycle", JsonValueKind.Object) is { } lifecycle && JsonTexts.Member(lifecycle, name, JsonValueKind.Object) is { } hook
            ? ReadAction(hook, $"{path}.lifecycle.{name}", Use.Hook)
            : null;

    PodAction? ReadAction(JsonElement of, string path, Use use)
    {
        PodAction? action = null;
        var kinds = 0;
        foreach (var kind in (ReadOnlySpan<string>)["exec", "httpGet", "tcpSocket", "grpc", "sleep"])
        {
            if (JsonTexts.Member(of, kind, JsonValueKind.Object) is not { } found) continue;
            var field = $"{path}.{kind}";
            kinds++;
            faults.RefuseIf(kind == "sleep" && use == Use.Probe, field, "is for hooks only");
            faults.RefuseIf(kind == "grpc" && use == Use.Hook, field, "is for probes only");
            action = kind switch
            {
                "exec" => ReadExec(found, field),
                "httpGet" => ReadHttpGet(found, field),
                "tcpSocket" => new TcpSocketAction(JsonTexts.Text(found, "host") ?? "", Port(found, field)),
                "grpc" => new GrpcAction(Port(found, field), JsonTexts.Text(found, "service") ?? ""),
                _ => new SleepAction(TimeSpan.FromSeconds(faults.Number(found, "seconds", field, 0, SecondsMax) ?? 0)),
            };
        }
        var choice = use == Use.Probe ? "exec, httpGet, tcpSocket or grpc" : "exec, httpGet, tcpSocket or sleep";
        faults.RefuseIf(kinds != 1, path, kinds == 0 ? $"does nothing: give it {choice}" : $"does {kinds} things: give it one of {choice}");
        return action;
    }

    ExecAction ReadExec(JsonElement of, string path)
    {
        var command = faults.Items(of, "command", path, WordsMax).Select(word => JsonTexts.Scalar(word.Item)).ToImmutableArray();
        faults.RefuseIf(command.IsEmpty, $"{path}.command", "is missing");
        return new ExecAction(command);
    }

    HttpGetAction ReadHttpGet(JsonElement of, string path)
    {
        var scheme = JsonTexts.Text(of, "scheme");
        faults.RefuseIf(scheme is not (null or "" or "HTTP" or "HTTPS"), $"{path}.scheme", $"\"{scheme}\" is neither HTTP nor HTTPS");
        var target = JsonTexts.Text(of, "path") is { Length: > 0 } asked ? asked : "/";
        faults.RefuseIf(target.AsSpan().ContainsAny(LineEnds), $"{path}.path", "holds white space or a control character");
        var headers = ImmutableArray.CreateBuilder<HttpHeader>();
        foreach (var (item, field) in faults.Items(of, "httpHeaders", path, HeadersMax))
        {
            var header = new HttpHeader(JsonTexts.Text(item, "name") ?? "", JsonTexts.Text(item, "value") ?? "");
            faults.RefuseIf(!IsToken(header.Name), $"{field}.name", $"\"{header.Name}\" is not the name of a header");
            faults.RefuseIf(header.Value.AsSpan().ContainsAny('\r', '\n', '\0'), $"{field}.value", "is more than one line");
            headers.Add(header);
        }
        return new HttpGetAction(scheme == "HTTPS", JsonTexts.Text(of, "host") ?? "", Port(of, path), target.StartsWith('/') ? target : "/" + target, headers.DrainToImmutable());
    }

    static readonly System.Buffers.SearchValues<char> LineEnds = System.Buffers.SearchValues.Create(" \t\r\n\0");

    /// <summary>RFC 9110, 5.6.2.</summary>
    static bool IsToken(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    /// <summary>A number, also as text, or the name of one of the container's ports.</summary>
    ushort Port(JsonElement of, string path)
    {
        if (!of.TryGetProperty("port", out var value) || value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
        {
            faults.Refuse($"{path}.port", "is missing");
            return 0;
        }
        var text = JsonTexts.Scalar(value);
        foreach (var port in ports)
            if (port.Name.Length > 0 && string.Equals(port.Name, text, StringComparison.Ordinal)) return port.Number;
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != 0) return number;
        var names = string.Join(", ", ports.Where(port => port.Name.Length > 0).Select(port => port.Name));
        faults.Refuse($"{path}.port", value.ValueKind == JsonValueKind.Number
            ? $"{text} is not a port"
            : $"\"{text}\" names no port of the container ({(names.Length == 0 ? "it names none" : names)})");
        return 0;
    }

    /// <summary>Zero means the default, as clients write it for "not set".</summary>
    TimeSpan Seconds(JsonElement of, string name, string path, int otherwise) =>
        TimeSpan.FromSeconds(faults.Number(of, name, path, 0, SecondsMax) is { } given and > 0 ? given : otherwise);

    int Count(JsonElement of, string name, string path, int otherwise) =>
        faults.Number(of, name, path, 0, CountMax) is { } given and > 0 ? (int)given : otherwise;
}
