using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>A pod's security context, and each container's laid over it.</summary>
sealed class SecurityReader
{
    const int GroupsMax = 64;
    const int CapabilitiesMax = 64;

    readonly TemplateFaults faults;
    readonly SecuritySettings ofPod;

    public SecurityReader(TemplateFaults faults, JsonElement spec)
    {
        this.faults = faults;
        var pod = JsonTexts.Member(spec, "securityContext", JsonValueKind.Object) ?? default;
        const string path = "spec.securityContext";
        FsGroup = Id(pod, "fsGroup", path);
        var groups = ImmutableArray.CreateBuilder<long>();
        foreach (var (item, field) in faults.Items(pod, "supplementalGroups", path, GroupsMax))
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var group) && group is >= 0 and <= int.MaxValue) groups.Add(group);
            else faults.Refuse(field, "is not the id of a group");
        if (FsGroup is { } owner && !groups.Contains(owner)) groups.Add(owner); // so that every container may write what it owns
        ofPod = SecuritySettings.None with
        {
            RunAsUser = Id(pod, "runAsUser", path),
            RunAsGroup = Id(pod, "runAsGroup", path),
            RunAsNonRoot = JsonTexts.IsTrue(pod, "runAsNonRoot"),
            Groups = groups.DrainToImmutable(),
        };
    }

    public long? FsGroup { get; }

    public SecuritySettings Read(JsonElement container, string containerPath)
    {
        if (JsonTexts.Member(container, "securityContext", JsonValueKind.Object) is not { } own) return ofPod;
        var path = $"{containerPath}.securityContext";
        var capabilities = JsonTexts.Member(own, "capabilities", JsonValueKind.Object) ?? default;
        var settings = ofPod with
        {
            RunAsUser = Id(own, "runAsUser", path) ?? ofPod.RunAsUser,
            RunAsGroup = Id(own, "runAsGroup", path) ?? ofPod.RunAsGroup,
            RunAsNonRoot = JsonTexts.Member(own, "runAsNonRoot", JsonValueKind.False) is null && (ofPod.RunAsNonRoot || JsonTexts.IsTrue(own, "runAsNonRoot")),
            ReadOnlyRoot = JsonTexts.IsTrue(own, "readOnlyRootFilesystem"),
            Privileged = JsonTexts.IsTrue(own, "privileged"),
            NoNewPrivileges = JsonTexts.Member(own, "allowPrivilegeEscalation", JsonValueKind.False) is not null,
            AddCapabilities = Capabilities(capabilities, "add", $"{path}.capabilities"),
            DropCapabilities = Capabilities(capabilities, "drop", $"{path}.capabilities"),
        };
        faults.RefuseIf(settings.NoNewPrivileges && (settings.Privileged || settings.AddCapabilities.Contains("SYS_ADMIN")), $"{path}.allowPrivilegeEscalation",
            "cannot be false for a container that is privileged or may SYS_ADMIN");
        return settings;
    }

    ImmutableArray<string> Capabilities(JsonElement of, string which, string path)
    {
        var read = ImmutableArray.CreateBuilder<string>();
        foreach (var (item, field) in faults.Items(of, which, path, CapabilitiesMax))
        {
            var name = JsonTexts.Scalar(item).ToUpperInvariant();
            if (name.StartsWith("CAP_", StringComparison.Ordinal)) name = name[4..];
            if (name.Length is > 0 and <= 32 && name.All(c => char.IsAsciiLetterUpper(c) || c == '_')) read.Add(name);
            else faults.Refuse(field, $"{item.GetRawText()} is not a capability such as NET_ADMIN or ALL");
        }
        return read.DrainToImmutable();
    }

    long? Id(JsonElement of, string name, string path) => faults.Number(of, name, path, 0, int.MaxValue);
}
