using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>
/// From a pod template's JSON, <c>{metadata, spec}</c>, to what the core decides by. It forgives what it does not
/// know and refuses what it would misunderstand; it never throws.
/// </summary>
public sealed class PodTemplateReader
{
    /// <summary>What a status row has room for at least to name.</summary>
    const int ContainersMax = 64;
    const int PullSecretsMax = 32;
    const int TolerationsMax = 1024;
    const int GatesMax = 64;

    /// <summary>What a template is identified by: a pod's own labels may change while it runs, a workload's make new pods.</summary>
    public enum Identity : byte
    {
        /// <summary>Labels and annotations too.</summary>
        WholeTemplate,

        /// <summary>The spec only: a label of a bare pod may change while it runs.</summary>
        SpecOnly,
    }

    readonly TemplateFaults faults = new();

    /// <summary>Null, with the first problem, when pods cannot be made of it.</summary>
    public static PodTemplate? TryRead(ReadOnlyMemory<byte> json, out TemplateProblem problem, Identity identity = Identity.WholeTemplate)
    {
        var template = TryRead(json, identity, out var problems);
        problem = problems.IsEmpty ? new TemplateProblem("", "") : problems[0];
        return template;
    }

    /// <summary>Everything that is wrong with it, as far as a reader can take it in.</summary>
    public static ImmutableArray<TemplateProblem> Check(ReadOnlyMemory<byte> json)
    {
        _ = TryRead(json, Identity.WholeTemplate, out var problems);
        return problems;
    }

    /// <summary>Null, with everything that is wrong as far as a reader can take it in, when pods cannot be made of it.</summary>
    internal static PodTemplate? TryRead(ReadOnlyMemory<byte> json, Identity identity, out ImmutableArray<TemplateProblem> problems)
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
            problems = [new TemplateProblem("", $"is not readable JSON: {broken.Message}")];
            return null;
        }
        problems = reader.faults.Found;
        return problems.IsEmpty ? template : null;
    }

    PodTemplate? Read(JsonElement root, Identity identity)
    {
        if (JsonTexts.Member(root, "spec", JsonValueKind.Object) is not { } spec)
        {
            faults.Refuse("spec", "is missing");
            return null;
        }
        var metadata = JsonTexts.Member(root, "metadata", JsonValueKind.Object) ?? default;
        var annotations = JsonTexts.Labels(metadata, "annotations");
        var gossips = new AnnotationReader(faults, annotations);
        var runtime = JsonTexts.Text(spec, "runtimeClassName") is { Length: > 0 } named ? named : RuntimeNames.Containers;
        var security = new SecurityReader(faults, spec);
        var reader = new ContainerReader(faults, spec, runtime, security);
        var init = ReadContainers(reader, spec, "initContainers");
        var main = ReadContainers(reader, spec, "containers");
        var volumes = new VolumeReader(faults).Read(spec);
        TemplateRules.Check(init, main, volumes, faults);
        faults.RefuseIf(runtime == RuntimeNames.InProcess && volumes.Length > 0, "spec.volumes", "a delegate of a host app has none: runtimeClassName in-process shares its app's files");
        var requests = ResourceReader.OfPod(init, main, new ResourceReader(faults).ReadOverhead(spec));
        if (gossips.ReadBandwidth() is > 0 and var bits) requests = Resources.Max(requests, Resources.Zero with { Extended = [new(Resources.Bandwidth, bits)] });
        faults.RefuseIf(!ResourceReader.Fits(requests), "spec.containers", "ask for absurdly much together");
        var labels = JsonTexts.Labels(metadata, "labels");
        var sets = new PodSetReader(faults, labels);
        var device = new DeviceReader(faults, annotations).Take(ref requests);
        return new PodTemplate(
            CanonicalJson.Hash(identity == Identity.SpecOnly ? spec : root),
            labels,
            annotations,
            main,
            requests,
            JsonTexts.Labels(spec, "nodeSelector"),
            ReadTolerations(spec),
            HostPortsOf(init, main),
            runtime,
            JsonTexts.Text(spec, "nodeName") ?? "",
            ReadRestartPolicy(spec),
            TimeSpan.FromSeconds(faults.Number(spec, "terminationGracePeriodSeconds", "spec", 0, int.MaxValue) ?? 30),
            gossips.ReadLossGrace())
        {
            InitContainers = init,
            Volumes = volumes,
            Device = device,
            Images = runtime is RuntimeNames.Containers or RuntimeNames.Docker or RuntimeNames.Podman ? [.. init.Concat(main).Select(container => NodeImages.IdOf(container.Image))] : [],
            NodeAffinity = new NodeAffinityReader(faults).Read(spec),
            PodAffinity = new PodAffinityReader(faults, sets).Read(spec),
            TopologySpread = new TopologySpreadReader(faults, sets).Read(spec),
            SchedulingGates = ReadSchedulingGates(spec),
            PriorityClassName = ReadPriorityClassName(spec),
            MayPreempt = ReadPreemptionPolicy(spec),
            Hostname = ReadHostname(spec),
            HostNetwork = JsonTexts.IsTrue(spec, "hostNetwork"),
            FsGroup = security.FsGroup,
            ActiveDeadline = faults.Number(spec, "activeDeadlineSeconds", "spec", 1, int.MaxValue) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            PullSecrets = [.. faults.Items(spec, "imagePullSecrets", "spec", PullSecretsMax).Select(item => JsonTexts.Text(item.Item, "name") ?? "").Where(name => name.Length is > 0 and <= Wire.Limits.Name)],
            PidsLimit = gossips.ReadPidsLimit(),
            DependsOn = gossips.ReadDependencies(),
            RestartsWithDependencies = gossips.ReadRestartsWithDependencies(),
            Gang = gossips.ReadGang(),
            IsSingleton = gossips.ReadSingleton(),
            KeepsNewest = gossips.ReadKeepsNewest(),
            StopsAlone = gossips.ReadStopsAlone(),
            MayMove = gossips.ReadMayMove(),
            SpreadsFirst = gossips.ReadSpreadsFirst(),
            StopsFirst = gossips.ReadStopsFirst(),
        };
    }

    ImmutableArray<ContainerSpec> ReadContainers(ContainerReader reader, JsonElement spec, string list)
    {
        var isInit = list == "initContainers";
        if (!isInit && (JsonTexts.Member(spec, list, JsonValueKind.Array)?.GetArrayLength() ?? 0) == 0)
            faults.Refuse("spec.containers", "is missing: a pod has at least one container");
        return [.. faults.Items(spec, list, "spec", ContainersMax).Select(item => reader.Read(item.Item, item.Field, isInit))];
    }

    static ImmutableArray<HostPort> HostPortsOf(ImmutableArray<ContainerSpec> init, ImmutableArray<ContainerSpec> main) =>
    [
        .. init.Concat(main).SelectMany(container => container.Ports)
            .Where(port => port.HostPort != 0)
            .Select(port => new HostPort(port.HostPort, port.Protocol))
            .Distinct()
            .OrderBy(port => port.Number).ThenBy(port => port.Protocol),
    ];

    ImmutableArray<Toleration> ReadTolerations(JsonElement spec)
    {
        var read = ImmutableArray.CreateBuilder<Toleration>();
        foreach (var (item, field) in faults.Items(spec, "tolerations", "spec", TolerationsMax))
        {
            var named = JsonTexts.Text(item, "operator");
            faults.RefuseIf(named is not (null or "" or "Equal" or "Exists"), $"{field}.operator", $"\"{named}\" is neither Equal nor Exists");
            var effect = JsonTexts.Text(item, "effect");
            var known = TaintReader.ReadEffect(effect);
            faults.RefuseIf(known is null && !string.IsNullOrEmpty(effect), $"{field}.effect", $"\"{effect}\" is neither NoSchedule, PreferNoSchedule nor NoExecute");
            read.Add(new Toleration(JsonTexts.Text(item, "key") ?? "", named == "Exists", JsonTexts.Text(item, "value") ?? "", known)
            {
                For = known == TaintEffect.NoExecute && faults.Number(item, "tolerationSeconds", field, long.MinValue, long.MaxValue) is { } seconds and <= int.MaxValue
                    ? TimeSpan.FromSeconds(Math.Max(0, seconds))
                    : null,
            });
        }
        return read.DrainToImmutable();
    }

    ImmutableArray<string> ReadSchedulingGates(JsonElement spec)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var read = ImmutableArray.CreateBuilder<string>();
        foreach (var (item, field) in faults.Items(spec, "schedulingGates", "spec", GatesMax))
        {
            var name = faults.Name(item, "name", field, Wire.Limits.Name);
            faults.Once(seen, name, $"{field}.name");
            read.Add(name);
        }
        return read.DrainToImmutable();
    }

    string ReadPriorityClassName(JsonElement spec)
    {
        var name = JsonTexts.Text(spec, "priorityClassName") ?? "";
        faults.RefuseIf(name.Length > Wire.Limits.Name, "spec.priorityClassName", $"is longer than {Wire.Limits.Name}");
        return name;
    }

    bool? ReadPreemptionPolicy(JsonElement spec)
    {
        var policy = JsonTexts.Text(spec, "preemptionPolicy");
        faults.RefuseIf(policy is not (null or "" or "PreemptLowerPriority" or "Never"), "spec.preemptionPolicy", $"\"{policy}\" is neither PreemptLowerPriority nor Never");
        return string.IsNullOrEmpty(policy) ? null : policy == "PreemptLowerPriority";
    }

    PodRestartPolicy ReadRestartPolicy(JsonElement spec)
    {
        switch (JsonTexts.Text(spec, "restartPolicy"))
        {
            case null or "" or "Always": return PodRestartPolicy.Always;
            case "OnFailure": return PodRestartPolicy.OnFailure;
            case "Never": return PodRestartPolicy.Never;
            case var other:
                faults.Refuse("spec.restartPolicy", $"\"{other}\" is neither Always, OnFailure nor Never");
                return PodRestartPolicy.Always;
        }
    }

    string ReadHostname(JsonElement spec)
    {
        var name = JsonTexts.Text(spec, "hostname") ?? "";
        faults.RefuseIf(name.Length > 0 && !NameGrammar.IsDnsLabel(name), "spec.hostname", $"\"{name}\" is not a DNS label");
        return name;
    }
}
