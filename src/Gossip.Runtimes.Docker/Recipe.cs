using System.Globalization;
using Docker.DotNet.Models;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Volumes;
using ContainerSpec = Gossip.Core.Templates.ContainerSpec;

namespace Gossip.Runtimes.Docker;

/// <summary>What the engine is asked to create, from what the manifest says. Asks nobody and changes nothing.</summary>
static class Recipe
{
    const long SharesOfACore = 1024; // cpu.shares, and its least
    const long FewestShares = 2;
    const long NanosOfAMilli = 1_000_000;

    /// <summary>The container that holds a pod's network, its host ports and its IPC; the others join it.</summary>
    public static CreateContainerParameters Pause(PodLaunch launch, string run, ContainerLabels labels, DockerRuntimeOptions options)
    {
        var template = launch.Template;
        var ports = template.HostNetwork ? [] : template.AllContainers.SelectMany(container => container.Ports).Where(port => port.HostPort != 0).ToList();
        return new CreateContainerParameters
        {
            Name = Name(launch, run, labels, "POD", 0),
            Image = PauseImage.Name,
            Hostname = template.HostNetwork ? "" : PodHostname.Of(launch),
            Labels = labels.OfPause(run),
            ExposedPorts = ports.Select(Port).Distinct(StringComparer.Ordinal).ToDictionary(port => port, _ => default(EmptyStruct), StringComparer.Ordinal),
            HostConfig = new HostConfig
            {
                NetworkMode = template.HostNetwork ? "host" : "bridge",
                IpcMode = "shareable",
                PortBindings = ports.GroupBy(Port, StringComparer.Ordinal).ToDictionary(
                    group => group.Key, IList<PortBinding> (group) => [.. group.Select(port => new PortBinding { HostPort = port.HostPort.ToString(CultureInfo.InvariantCulture) })],
                    StringComparer.Ordinal),
                LogConfig = Log(options),
                ReadonlyRootfs = true,
            },
        };
    }

    /// <exception cref="NotStarted">Its settings and its image contradict each other.</exception>
    /// <exception cref="VolumeError">A mount has no source.</exception>
    public static CreateContainerParameters Container(
        PodLaunch launch, ContainerSpec container, ContainerStart start, ImageInspectResponse image, PodVolumes volumes, string pause,
        string run, ContainerLabels labels,
        DockerRuntimeOptions options)
    {
        var variables = start.Environment.ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal);
        var security = container.Security;
        return new CreateContainerParameters
        {
            Name = Name(launch, run, labels, container.Name, start.Attempt),
            Image = container.Image,
            Labels = labels.OfContainer(run, container.Name, start.Attempt),
            Entrypoint = container.Command.IsDefaultOrEmpty ? null! /* an empty one would hide the image's */ : [.. container.Command.Select(part => Expansion.Expand(part, variables))],
            Cmd = container.Args.IsDefaultOrEmpty ? null! : [.. container.Args.Select(part => Expansion.Expand(part, variables))],
            Env = [.. start.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
            WorkingDir = container.WorkingDirectory,
            User = User(security, image),
            Tty = container.Terminal,
            OpenStdin = container.Stdin,
            HostConfig = new HostConfig
            {
                NetworkMode = $"container:{pause}",
                IpcMode = $"container:{pause}",
                Mounts = [.. container.Mounts.Select(mount => new Mount
                {
                    Type = "bind", Source = volumes.Source(mount), Target = mount.Path, ReadOnly = volumes.IsReadOnly(mount),
                })],
                NanoCPUs = container.Limits.Cpu.Value * NanosOfAMilli,
                CPUShares = container.Requests.Cpu.Value == 0 ? 0 : Math.Max(FewestShares, container.Requests.Cpu.Value * SharesOfACore / 1000),
                Memory = container.Limits.Memory.Value,
                MemorySwap = container.Limits.Memory.Value, // as much as the memory alone: no swap
                PidsLimit = launch.Template.PidsLimit,
                GroupAdd = [.. security.Groups.Concat(launch.Template.FsGroup is { } group ? [group] : [])
                    .Select(gid => gid.ToString(CultureInfo.InvariantCulture)).Distinct(StringComparer.Ordinal)],
                ReadonlyRootfs = security.ReadOnlyRoot,
                Privileged = security.Privileged,
                CapAdd = [.. security.AddCapabilities],
                CapDrop = [.. security.DropCapabilities],
                SecurityOpt = security.NoNewPrivileges ? ["no-new-privileges"] : [],
                LogConfig = Log(options),
            },
        };
    }

    /// <summary>Tells what it is to a person who lists containers, and is the same each time we would create it.</summary>
    static string Name(PodLaunch launch, string run, ContainerLabels labels, string container, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"gossip_{container}_{launch.Name}_{launch.Namespace}_{run}_{attempt}_")
        + StableHash.Of((labels.Node + labels.Folder).AsSpan()).ToString("x16", CultureInfo.InvariantCulture);

    static string User(SecuritySettings security, ImageInspectResponse image)
    {
        var imageUser = image.Config?.User ?? "";
        var user = security.RunAsUser?.ToString(CultureInfo.InvariantCulture) ?? imageUser.Split(':')[0];
        if (security.RunAsNonRoot)
        {
            if (user is "" or "0" or "root") throw new NotStarted(NotStarted.WrongConfig, "container has runAsNonRoot and would run as root");
            if (!long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                throw new NotStarted(NotStarted.WrongConfig, $"container has runAsNonRoot and its image has the non-numeric user ({user}), which may be root");
        }
        if (security.RunAsGroup is { } group) return string.Create(CultureInfo.InvariantCulture, $"{(user.Length > 0 ? user : "0")}:{group}");
        return security.RunAsUser is null ? "" : user;
    }

    static LogConfig Log(DockerRuntimeOptions options)
    {
        var most = new Dictionary<string, string>(StringComparer.Ordinal) { ["max-size"] = options.LogLimit.ToString(CultureInfo.InvariantCulture) };
        if (options.Name != RuntimeNames.Podman) most["max-file"] = "2"; // Podman keeps one
        return new LogConfig { Type = "json-file", Config = most };
    }

    static string Port(ContainerPort port) => string.Create(CultureInfo.InvariantCulture, $"{port.Number}/{port.Protocol.ToString().ToLowerInvariant()}");
}
