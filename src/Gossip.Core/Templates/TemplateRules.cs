using System.Collections.Immutable;

namespace Gossip.Core.Templates;

/// <summary>What the parts of a template must be to each other.</summary>
static class TemplateRules
{
    const int ContainersMax = 64;

    public static void Check(ImmutableArray<ContainerSpec> init, ImmutableArray<ContainerSpec> main, ImmutableArray<Volume> volumes, TemplateFaults faults)
    {
        faults.RefuseIf(init.Length + main.Length > ContainersMax, "spec.containers", $"are {init.Length + main.Length} with the init containers, at most {ContainersMax}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var declared = volumes.Select(volume => volume.Name).ToHashSet(StringComparer.Ordinal);
        var containers = init.Concat(main).Select(container => container.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (list, field) in (ReadOnlySpan<(ImmutableArray<ContainerSpec>, string)>)[(init, "spec.initContainers"), (main, "spec.containers")])
            for (var i = 0; i < list.Length; i++)
            {
                faults.Once(names, list[i].Name, $"{field}[{i}].name");
                for (var at = 0; at < list[i].Mounts.Length; at++)
                    if (!declared.Contains(list[i].Mounts[at].Volume))
                        faults.Refuse($"{field}[{i}].volumeMounts[{at}].name", $"\"{list[i].Mounts[at].Volume}\" is not among the pod's volumes ({Names(volumes)})");
                foreach (var variable in list[i].Environment)
                    if (variable.Resource is { Container.Length: > 0 } amount && !containers.Contains(amount.Container))
                        faults.Refuse($"{field}[{i}].env", $"{variable.Name} asks for an amount of \"{amount.Container}\", which is no container of the pod");
            }
        for (var i = 0; i < volumes.Length; i++)
            if (volumes[i] is FilesVolume files)
                foreach (var source in files.Sources)
                    if (source is FieldSource { Resource: { } amount } && amount.Container.Length > 0 && !containers.Contains(amount.Container))
                        faults.Refuse($"spec.volumes[{i}]", $"asks for an amount of \"{amount.Container}\", which is no container of the pod");
    }

    static string Names(ImmutableArray<Volume> volumes) => volumes.IsEmpty ? "it has none" : string.Join(", ", volumes.Select(volume => volume.Name));
}
