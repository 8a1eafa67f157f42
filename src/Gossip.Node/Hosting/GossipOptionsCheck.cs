using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Wire;
using Gossip.Node.Transport;
using Microsoft.Extensions.Options;

namespace Gossip.Node;

/// <summary>Names every option that cannot be, with what would be right.</summary>
sealed class GossipOptionsCheck : IValidateOptions<GossipOptions>
{
    const int MostSeeds = 64;

    public ValidateOptionsResult Validate(string? name, GossipOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    static IEnumerable<string> Faults(GossipOptions options)
    {
        foreach (var fault in options.ConfigurationFaults) yield return fault;
        if (options.Name is not null && !NameGrammar.IsDnsLabel(options.Name))
            yield return $"Name: '{options.Name}' is not a DNS label (a-z, 0-9 and '-', at most {Limits.Label}, no '-' at either end)";
        if (options.Cluster.Length == 0 || Encoding.UTF8.GetByteCount(options.Cluster) > 128)
            yield return "Cluster: needs 1 to 128 bytes";
        if (options.Keyring is null)
            yield return "Keyring: needed; make one with Keyring.Generate() or `gossip keygen`, and give every node the same";
        if (options.Port is < 0 or > ushort.MaxValue)
            yield return $"Port: {options.Port} is not a port (0 to 65535)";
        if (options.BindAddress is { } bind && !AddressReader.TryReadIp(bind, out _, out var noAddress))
            yield return $"BindAddress: {noAddress}";
        if (options.Advertise is { } advertise && !AddressReader.TryReadAdvertised(advertise, out _, out var unreachable))
            yield return $"Advertise: {unreachable}";
        if (options.Seeds.Count > MostSeeds)
            yield return $"Seeds: {options.Seeds.Count}; a few are enough, at most {MostSeeds} are taken";
        foreach (var seed in options.Seeds)
            if (!AddressReader.TryReadSeed(seed, out _, out var unreadable))
                yield return $"Seeds: {unreadable}";
        foreach (var (key, value) in options.Labels)
            if (!NameGrammar.IsLabelKey(key) || !NameGrammar.IsLabelValue(value))
                yield return $"Labels: '{key}={value}' is not a label, such as disk=ssd or example.com/disk=ssd";
        foreach (var taint in options.Taints)
            if (!NameGrammar.IsLabelKey(taint.Key) || !NameGrammar.IsLabelValue(taint.Value))
                yield return $"Taints: '{taint.Key}={taint.Value}' has no key and value of a label";
        if (!options.Resources.IsWhole)
            yield return $"Resources: below zero: {options.Resources}";
        if (options.Resources.Devices.Groups is { Length: > Devices.GroupsMost } groups)
            yield return $"Resources: devices of {groups.Length} kinds and models; at most {Devices.GroupsMost}";
        foreach (var group in options.Resources.Devices.Groups)
            if (!Devices.Kinds.Contains(group.Kind) || group.Model.Length is 0 or > Limits.Label || group.Free.Length > Devices.InGroupMost)
                yield return $"Resources: {group.Free.Length} devices {group.Kind} {group.Model}: kinds are {string.Join(", ", Devices.Kinds)}, a model has 1 to {Limits.Label} bytes, at most {Devices.InGroupMost} are alike";
        foreach (var fault in options.Scheduling.Faults()) yield return fault;
        if (options.LeaveWithin < TimeSpan.Zero || options.LeaveWithin > TimeSpan.FromDays(1))
            yield return $"LeaveWithin: {options.LeaveWithin} is not from 0 to a day";
        if (options.Deployment < 0)
            yield return $"Deployment: {options.Deployment} is below zero";
        if (options.CompactAt < 64 * 1024)
            yield return $"CompactAt: {options.CompactAt}; at least 64 KiB";
        if (options.ApiUrl.Length > 0 && !Uri.TryCreate(options.ApiUrl, UriKind.Absolute, out _))
            yield return $"ApiUrl: '{options.ApiUrl}' is not an absolute URL";
        foreach (var workload in options.Workloads.Values)
        {
            if (!NameGrammar.IsDnsLabel(workload.Name)) yield return $"Workloads: '{workload.Name}' is not a DNS label";
            if (workload.Copies is < 0 or > WorkloadSpec.ReplicasMax)
                yield return $"Workloads: {workload.Name} asks for {workload.Copies} copies; 0 to {WorkloadSpec.ReplicasMax}";
            if (workload.Options.StopWithin < TimeSpan.Zero || workload.Options.StopWithin > TimeSpan.FromDays(1))
                yield return $"Workloads: {workload.Name}: StopWithin: {workload.Options.StopWithin} is not from 0 to a day";
            if (!Enum.IsDefined(workload.Options.RestartPolicy))
                yield return $"Workloads: {workload.Name}: RestartPolicy: there is no {workload.Options.RestartPolicy}";
            if (workload.Options.Labels.TryGetValue("app", out var app) && app != workload.Name)
                yield return $"Workloads: {workload.Name}: Labels: app is the workload's name, by which its copies are found";
        }
    }
}
