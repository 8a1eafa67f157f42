using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary><c>spec.topologySpreadConstraints</c> of a pod template, as <see cref="PodTemplateReader"/> reads them.</summary>
sealed class TopologySpreadReader(TemplateFaults faults, PodSetReader sets)
{
    public ImmutableArray<TopologySpread> Read(JsonElement spec)
    {
        var read = ImmutableArray.CreateBuilder<TopologySpread>();
        foreach (var (item, field) in faults.Items(spec, "topologySpreadConstraints", "spec", PodSetReader.Most))
        {
            var key = sets.ReadTopologyKey(item, field);
            var otherwise = JsonTexts.Text(item, "whenUnsatisfiable") ?? "";
            faults.RefuseIf(otherwise is not ("DoNotSchedule" or "ScheduleAnyway"), $"{field}.whenUnsatisfiable", $"\"{otherwise}\" is neither DoNotSchedule nor ScheduleAnyway");
            var isHard = otherwise == "DoNotSchedule";
            var skew = faults.Number(item, "maxSkew", field, 1, int.MaxValue);
            faults.RefuseIf(skew is null, $"{field}.maxSkew", "is missing: a number from 1");
            var least = faults.Number(item, "minDomains", field, 1, int.MaxValue);
            faults.RefuseIf(least is not null && !isHard, $"{field}.minDomains", "goes with whenUnsatisfiable: DoNotSchedule only");
            foreach (var other in read)
                faults.RefuseIf(other.TopologyKey == key && other.IsHard == isHard, field, $"says {otherwise} for {key} a second time");
            read.Add(new TopologySpread((int)(skew ?? 1), key, isHard, sets.Read(item, field), (int)(least ?? 1),
                Honors(item, "nodeAffinityPolicy", field, true), Honors(item, "nodeTaintsPolicy", field, false)));
        }
        return read.DrainToImmutable();
    }

    bool Honors(JsonElement item, string name, string field, bool byDefault)
    {
        var policy = JsonTexts.Text(item, name);
        faults.RefuseIf(policy is not (null or "Honor" or "Ignore"), $"{field}.{name}", $"\"{policy}\" is neither Honor nor Ignore");
        return policy is null ? byDefault : policy == "Honor";
    }
}
