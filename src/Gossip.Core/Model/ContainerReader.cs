using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Gossip.Core.Model;

/// <summary>One container of a pod template, as <see cref="PodTemplateReader"/> reads it.</summary>
/// <param name="refuse">Takes a field's path and what is wrong with it; reading goes on and its result is not used.</param>
sealed class ContainerReader(Action<string, string> refuse)
{
    public ContainerSpec Read(JsonElement item, string path, bool onHost)
    {
        var name = JsonTexts.Text(item, "name") ?? "";
        if (name.Length is 0 or > Wire.Limits.Label) refuse($"{path}.name", $"is missing, or longer than {Wire.Limits.Label}");
        var resources = JsonTexts.Member(item, "resources", JsonValueKind.Object) ?? default;
        var limits = ReadResources(resources, "limits", path);
        var requests = ReadResources(resources, "requests", path);
        foreach (var (resource, amount) in limits) requests.TryAdd(resource, amount);
        return new ContainerSpec(
            name,
            JsonTexts.Text(item, "image") ?? "",
            JsonTexts.Texts(item, "command"),
            JsonTexts.Texts(item, "args"),
            ReadEnvironment(item),
            JsonTexts.Text(item, "workingDir") ?? "",
            ReadPorts(item, path, onHost),
            ToResources(requests),
            ToResources(limits));
    }

    SortedDictionary<string, long> ReadResources(JsonElement resources, string which, string path)
    {
        var read = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (JsonTexts.Member(resources, which, JsonValueKind.Object) is not { } amounts) return read;
        foreach (var amount in amounts.EnumerateObject())
        {
            var field = $"{path}.resources.{which}.{amount.Name}";
            var text = JsonTexts.Scalar(amount.Value);
            var isCpu = amount.Name == "cpu";
            var understood = isCpu
                ? Quantity.TryReadMilli(text, out var value, out var why)
                : Quantity.TryReadWhole(text, out value, out why);
            if (!understood) refuse(field, why);
            else if (IsExtended(amount.Name) && Quantity.TryReadMilli(text, out var milli, out _) && milli % 1000 != 0) refuse(field, $"\"{text}\" is not a whole number");
            else read[amount.Name] = value;
        }
        return read;
    }

    static Resources ToResources(SortedDictionary<string, long> amounts)
    {
        var extended = ImmutableArray.CreateBuilder<ExtendedResource>();
        foreach (var (name, count) in amounts)
            if (IsExtended(name) && count > 0) extended.Add(new ExtendedResource(name, count));
        return new Resources(
            new MilliCpu(amounts.GetValueOrDefault("cpu")),
            new Bytes(amounts.GetValueOrDefault("memory")),
            new Bytes(amounts.GetValueOrDefault("ephemeral-storage")),
            0,
            extended.DrainToImmutable());
    }

    static bool IsExtended(string name) => name.Contains('/') || name.StartsWith("hugepages-", StringComparison.Ordinal);

    static ImmutableArray<EnvironmentVariable> ReadEnvironment(JsonElement container)
    {
        if (JsonTexts.Member(container, "env", JsonValueKind.Array) is not { } items) return [];
        var read = ImmutableArray.CreateBuilder<EnvironmentVariable>();
        foreach (var item in items.EnumerateArray())
        {
            if (JsonTexts.Text(item, "name") is not { Length: > 0 } name) continue;
            if (JsonTexts.Member(item, "valueFrom", JsonValueKind.Object) is not { } source)
                read.Add(new EnvironmentVariable(name, item.TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null ? JsonTexts.Scalar(value) : "", null));
            else if (JsonTexts.Member(source, "fieldRef", JsonValueKind.Object) is { } field && JsonTexts.Text(field, "fieldPath") is { } fieldPath)
                read.Add(new EnvironmentVariable(name, "", fieldPath));
        }
        return read.DrainToImmutable();
    }

    ImmutableArray<ContainerPort> ReadPorts(JsonElement container, string path, bool onHost)
    {
        if (JsonTexts.Member(container, "ports", JsonValueKind.Array) is not { } items) return [];
        var read = ImmutableArray.CreateBuilder<ContainerPort>();
        foreach (var item in items.EnumerateArray())
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"{path}.ports[{read.Count}]");
            var number = ReadPort(item, "containerPort", field);
            var onHostAt = ReadPort(item, "hostPort", field);
            if (number == 0) refuse($"{field}.containerPort", "is missing");
            read.Add(new ContainerPort(JsonTexts.Text(item, "name") ?? "", number, onHostAt == 0 && onHost ? number : onHostAt, ReadProtocol(item, field)));
        }
        return read.DrainToImmutable();
    }

    ushort ReadPort(JsonElement of, string name, string path)
    {
        if (JsonTexts.Member(of, name, JsonValueKind.Number) is not { } value) return 0;
        if (value.TryGetUInt16(out var port)) return port;
        refuse($"{path}.{name}", $"{value.GetRawText()} is not a port");
        return 0;
    }

    PortProtocol ReadProtocol(JsonElement port, string path)
    {
        switch (JsonTexts.Text(port, "protocol"))
        {
            case null or "" or "TCP": return PortProtocol.Tcp;
            case "UDP": return PortProtocol.Udp;
            case "SCTP": return PortProtocol.Sctp;
            case var other:
                refuse($"{path}.protocol", $"\"{other}\" is neither TCP, UDP nor SCTP");
                return PortProtocol.Tcp;
        }
    }
}
