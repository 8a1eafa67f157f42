using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>One container of a pod template, as <see cref="PodTemplateReader"/> reads it.</summary>
sealed class ContainerReader(TemplateFaults faults, JsonElement spec, string runtime, SecurityReader security)
{
    const int PortsMax = 256;
    const int MountsMax = 256;

    readonly bool onHost = JsonTexts.IsTrue(spec, "hostNetwork");
    readonly ResourceReader resources = new(faults);
    readonly EnvironmentReader environment = new(faults, spec);

    public ContainerSpec Read(JsonElement item, string path, bool isInit)
    {
        var role = ReadRole(item, path, isInit);
        var ports = ReadPorts(item, path);
        var (requests, limits) = resources.Read(item, path);
        var probes = new ProbeReader(faults, ports);
        if (role == ContainerRole.Init)
            foreach (var name in (ReadOnlySpan<string>)["startupProbe", "livenessProbe", "readinessProbe", "lifecycle"])
                faults.RefuseIf(JsonTexts.Member(item, name, JsonValueKind.Object) is not null, $"{path}.{name}", "is not for init containers, but with restartPolicy: Always");
        faults.RefuseIf(JsonTexts.Member(item, "volumeDevices", JsonValueKind.Array) is { } devices && devices.GetArrayLength() > 0, $"{path}.volumeDevices", "are not there in this version");
        return new ContainerSpec(
            faults.Name(item, "name", path, Wire.Limits.Label),
            JsonTexts.Text(item, "image") ?? "",
            JsonTexts.Texts(item, "command"),
            JsonTexts.Texts(item, "args"),
            environment.Read(item, path),
            JsonTexts.Text(item, "workingDir") ?? "",
            ports,
            requests,
            limits)
        {
            Role = role,
            PullPolicy = ReadPullPolicy(item, path),
            EnvironmentFrom = environment.ReadSources(item, path),
            Mounts = ReadMounts(item, path),
            Security = security.Read(item, path),
            Startup = probes.Read(item, "startupProbe", path),
            Liveness = probes.Read(item, "livenessProbe", path),
            Readiness = probes.Read(item, "readinessProbe", path),
            PostStart = probes.ReadHook(item, "postStart", path),
            PreStop = probes.ReadHook(item, "preStop", path),
            Stdin = JsonTexts.IsTrue(item, "stdin"),
            Terminal = JsonTexts.IsTrue(item, "tty"),
        };
    }

    ContainerRole ReadRole(JsonElement item, string path, bool isInit)
    {
        var policy = JsonTexts.Text(item, "restartPolicy");
        if (string.IsNullOrEmpty(policy)) return isInit ? ContainerRole.Init : ContainerRole.Main;
        faults.RefuseIf(!isInit, $"{path}.restartPolicy", "is for init containers only; the pod's own counts here");
        faults.RefuseIf(isInit && policy != "Always", $"{path}.restartPolicy", $"\"{policy}\" is not Always, which makes a sidecar");
        return isInit ? ContainerRole.Sidecar : ContainerRole.Main;
    }

    /// <summary>Also looks at the image's name, where an engine will be asked for it.</summary>
    PullPolicy ReadPullPolicy(JsonElement item, string path)
    {
        var image = default(ImageName);
        if (runtime is RuntimeNames.Containers or RuntimeNames.Docker or RuntimeNames.Podman && JsonTexts.Text(item, "image") is { Length: > 0 } text)
            faults.RefuseIf(!ImageName.TryRead(text, out image), $"{path}.image", $"\"{text}\" is not the name of an image, such as registry.example:5000/team/app:1.2");
        switch (JsonTexts.Text(item, "imagePullPolicy"))
        {
            case null or "": return image.Repository is null ? PullPolicy.IfNotPresent : image.DefaultPolicy;
            case "Always": return PullPolicy.Always;
            case "IfNotPresent": return PullPolicy.IfNotPresent;
            case "Never": return PullPolicy.Never;
            case var other:
                faults.Refuse($"{path}.imagePullPolicy", $"\"{other}\" is neither Always, IfNotPresent nor Never");
                return PullPolicy.IfNotPresent;
        }
    }

    ImmutableArray<ContainerPort> ReadPorts(JsonElement container, string path)
    {
        var read = ImmutableArray.CreateBuilder<ContainerPort>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, field) in faults.Items(container, "ports", path, PortsMax))
        {
            var number = ReadPort(item, "containerPort", field);
            var onHostAt = ReadPort(item, "hostPort", field);
            var name = JsonTexts.Text(item, "name") ?? "";
            faults.RefuseIf(number == 0, $"{field}.containerPort", "is missing");
            faults.RefuseIf(onHost && onHostAt != 0 && onHostAt != number, $"{field}.hostPort", "must be the containerPort: the pod has the host's network");
            faults.Once(names, name, $"{field}.name");
            read.Add(new ContainerPort(name, number, onHostAt == 0 && onHost ? number : onHostAt, ReadProtocol(item, field)));
        }
        return read.DrainToImmutable();
    }

    ushort ReadPort(JsonElement of, string name, string path)
    {
        if (JsonTexts.Member(of, name, JsonValueKind.Number) is not { } value) return 0;
        if (value.TryGetUInt16(out var port)) return port;
        faults.Refuse($"{path}.{name}", $"{value.GetRawText()} is not a port");
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
                faults.Refuse($"{path}.protocol", $"\"{other}\" is neither TCP, UDP nor SCTP");
                return PortProtocol.Tcp;
        }
    }

    ImmutableArray<VolumeMount> ReadMounts(JsonElement container, string path)
    {
        var read = ImmutableArray.CreateBuilder<VolumeMount>();
        var taken = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (item, field) in faults.Items(container, "volumeMounts", path, MountsMax))
        {
            var volume = faults.Name(item, "name", field, Wire.Limits.Label);
            var at = JsonTexts.Text(item, "mountPath") ?? "";
            if (!at.StartsWith('/') || at.AsSpan().ContainsAny(':', '\0') || VolumeReader.HasParent(at))
                faults.Refuse($"{field}.mountPath", $"\"{at}\" is not an absolute path without ':' and \"..\"");
            var whole = "/" + string.Join('/', at.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));
            faults.RefuseIf(whole == "/" && at.StartsWith('/'), $"{field}.mountPath", "is the root: the image has that");
            if (!taken.TryAdd(whole, volume)) faults.Refuse($"{field}.mountPath", $"\"{whole}\" is where \"{taken[whole]}\" is mounted already");
            var part = JsonTexts.Text(item, "subPath") ?? "";
            faults.RefuseIf(part.StartsWith('/') || VolumeReader.HasParent(part) || part.Contains('\0'), $"{field}.subPath", $"\"{part}\" is not a relative path without \"..\"");
            faults.RefuseIf(JsonTexts.Text(item, "subPathExpr") is { Length: > 0 }, $"{field}.subPathExpr", "is not there in this version: use subPath");
            read.Add(new VolumeMount(volume, whole, part, JsonTexts.IsTrue(item, "readOnly")));
        }
        return read.DrainToImmutable();
    }
}
