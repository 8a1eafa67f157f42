using Gossip.Core.Replication;
using Gossip.Core.Templates;

namespace Gossip.Core.Kinds;

/// <summary>So many alike pods of one template: <c>spec.replicas</c> and <c>spec.template</c>.</summary>
abstract class ReplicatedKind : WorkloadKind
{
    public sealed override WorkloadSpec Derive(
        Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths, PodTemplate? previous, ParsedTemplate? parsed)
    {
        var replicas = WorkloadSpec.ReadReplicas(json(Fields.Replicas));
        if (replicas is < 0 or > WorkloadSpec.ReplicasMax)
            return new(null, [], Fields.Replicas, $"is not a whole number from 0 to {WorkloadSpec.ReplicasMax}");
        var template = previous;
        if (template is null)
        {
            var cell = json(Fields.Template);
            if (cell.IsEmpty) return new(null, [], Fields.Template, "is missing");
            var read = ParsedTemplate.Read(cell, PodTemplateReader.Identity.WholeTemplate, parsed);
            if (read.Template is null)
            {
                var (field, message) = read.Problems[0];
                return new(null, [], NameOfField(field), message);
            }
            template = read.Template;
        }
        return new(template, OrdinalRanges.Read(json(Fields.Skip)).Smallest(replicas), "", "");
    }

    public sealed override ParsedTemplate? ReadTemplate(Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths) =>
        json(Fields.Template) is { IsEmpty: false } cell ? ParsedTemplate.Read(cell, PodTemplateReader.Identity.WholeTemplate) : null;

    public sealed override string NameOfField(string inTemplate) =>
        inTemplate.Length == 0 ? Fields.Template : $"{Fields.Template}.{inTemplate}";
}
