using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Gossip.Core.Model;

/// <param name="Field">The path below the template: <c>spec.containers[0].resources.requests.cpu</c>.</param>
public readonly record struct TemplateProblem(string Field, string Message)
{
    public override string ToString() => Field.Length == 0 ? Message : $"{Field}: {Message}";
}

/// <summary>
/// From a pod template's JSON, <c>{metadata, spec}</c>, to what the core decides by. It forgives what it does not
/// know and refuses what it would misunderstand; it never throws. The first problem ends it.
/// </summary>
public sealed class PodTemplateReader
{
    public const string LossGraceAnnotation = "gossip.dev/loss-grace";

    /// <summary>What a status row has room for at least to name.</summary>
    const int ContainersMax = 64;

    /// <summary>What a template is identified by: a pod's own labels may change while it runs, a workload's make new pods.</summary>
    public enum Identity : byte { WholeTemplate, SpecOnly }

    TemplateProblem? problem;

    /// <summary>Null, with the problem, when pods cannot be made of it.</summary>
    public static PodTemplate? TryRead(ReadOnlyMemory<byte> json, out TemplateProblem problem, Identity identity = Identity.WholeTemplate)
    {
        var reader = new PodTemplateReader();
        PodTemplate? template = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            template = reader.Read(document.RootElement, identity);
        }
        catch (Exception broken) when (JsonTexts.IsBroken(broken))
        {
            reader.Refuse("", $"is not readable JSON: {broken.Message}");
        }
        problem = reader.problem ?? new TemplateProblem("", "");
        return reader.problem is null ? template : null;
    }

    void Refuse(string field, string message) => problem ??= new TemplateProblem(field, message);

    PodTemplate? Read(JsonElement root, Identity identity)
    {
        if (JsonTexts.Member(root, "spec", JsonValueKind.Object) is not { } spec)
        {
            Refuse("spec", "is missing");
            return null;
        }
        var metadata = JsonTexts.Member(root, "metadata", JsonValueKind.Object) ?? default;
        var annotations = JsonTexts.Labels(metadata, "annotations");
        var containers = ReadContainers(spec);
        var requests = Resources.Zero with { Pods = 1 };
        foreach (var container in containers) requests += container.Requests;
        if (!Fits(requests)) Refuse("spec.containers", "ask for absurdly much together");
        return new PodTemplate(
            CanonicalJson.Hash(identity == Identity.SpecOnly ? spec : root),
            JsonTexts.Labels(metadata, "labels"),
            annotations,
            containers,
            requests,
            JsonTexts.Labels(spec, "nodeSelector"),
            ReadTolerations(spec),
            HostPortsOf(containers),
            JsonTexts.Text(spec, "runtimeClassName") is { Length: > 0 } runtime ? runtime : RuntimeNames.Containers,
            JsonTexts.Text(spec, "nodeName") ?? "",
            ReadRestartPolicy(spec),
            ReadTerminationGrace(spec),
            ReadLossGrace(annotations));
    }

    ImmutableArray<ContainerSpec> ReadContainers(JsonElement spec)
    {
        if (JsonTexts.Member(spec, "containers", JsonValueKind.Array) is not { } items || items.GetArrayLength() == 0)
        {
            Refuse("spec.containers", "is missing: a pod has at least one container");
            return [];
        }
        if (items.GetArrayLength() > ContainersMax) Refuse("spec.containers", $"are {items.GetArrayLength()}, at most {ContainersMax}");
        var onHost = JsonTexts.IsTrue(spec, "hostNetwork");
        var containers = new ContainerReader(Refuse);
        var read = ImmutableArray.CreateBuilder<ContainerSpec>();
        foreach (var item in items.EnumerateArray())
        {
            if (problem is not null) break;
            read.Add(containers.Read(item, string.Create(CultureInfo.InvariantCulture, $"spec.containers[{read.Count}]"), onHost));
        }
        for (var i = 0; i < read.Count; i++)
            for (var j = 0; j < i; j++)
                if (string.Equals(read[i].Name, read[j].Name, StringComparison.Ordinal)) Refuse($"spec.containers[{i}].name", $"\"{read[i].Name}\" is there twice");
        return read.DrainToImmutable();
    }

    static bool Fits(in Resources all)
    {
        foreach (var resource in all.Extended)
            if (resource.Count > Resources.Greatest) return false;
        return all.Cpu.Value <= Resources.Greatest && all.Memory.Value <= Resources.Greatest && all.Disk.Value <= Resources.Greatest;
    }

    static ImmutableArray<HostPort> HostPortsOf(ImmutableArray<ContainerSpec> containers) =>
    [
        .. containers.SelectMany(container => container.Ports)
            .Where(port => port.HostPort != 0)
            .Select(port => new HostPort(port.HostPort, port.Protocol))
            .Distinct()
            .OrderBy(port => port.Number).ThenBy(port => port.Protocol),
    ];

    ImmutableArray<Toleration> ReadTolerations(JsonElement spec)
    {
        if (JsonTexts.Member(spec, "tolerations", JsonValueKind.Array) is not { } items) return [];
        var read = ImmutableArray.CreateBuilder<Toleration>();
        foreach (var item in items.EnumerateArray())
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"spec.tolerations[{read.Count}]");
            var named = JsonTexts.Text(item, "operator");
            if (named is not (null or "" or "Equal" or "Exists")) Refuse($"{field}.operator", $"\"{named}\" is neither Equal nor Exists");
            var effect = JsonTexts.Text(item, "effect");
            var known = TaintReader.ReadEffect(effect);
            if (known is null && !string.IsNullOrEmpty(effect)) Refuse($"{field}.effect", $"\"{effect}\" is neither NoSchedule, PreferNoSchedule nor NoExecute");
            read.Add(new Toleration(JsonTexts.Text(item, "key") ?? "", named == "Exists", JsonTexts.Text(item, "value") ?? "", known));
        }
        return read.DrainToImmutable();
    }

    RestartPolicy ReadRestartPolicy(JsonElement spec)
    {
        switch (JsonTexts.Text(spec, "restartPolicy"))
        {
            case null or "" or "Always": return RestartPolicy.Always;
            case "OnFailure": return RestartPolicy.OnFailure;
            case "Never": return RestartPolicy.Never;
            case var other:
                Refuse("spec.restartPolicy", $"\"{other}\" is neither Always, OnFailure nor Never");
                return RestartPolicy.Always;
        }
    }

    TimeSpan ReadTerminationGrace(JsonElement spec)
    {
        if (JsonTexts.Member(spec, "terminationGracePeriodSeconds", JsonValueKind.Number) is not { } value) return TimeSpan.FromSeconds(30);
        if (value.TryGetInt32(out var seconds) && seconds >= 0) return TimeSpan.FromSeconds(seconds);
        Refuse("spec.terminationGracePeriodSeconds", $"{value.GetRawText()} is not a number of seconds");
        return TimeSpan.Zero;
    }

    TimeSpan? ReadLossGrace(Labels annotations)
    {
        if (annotations[LossGraceAnnotation] is not { } text) return null;
        if (Duration.TryRead(text, out var grace)) return grace;
        Refuse($"metadata.annotations[{LossGraceAnnotation}]", $"\"{text}\" is not a duration such as 0, 500ms or 10s");
        return null;
    }
}
