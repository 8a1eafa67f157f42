using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Configuration;

/// <summary>Which objects a pod is made of.</summary>
static class ConfigUse
{
    public static bool Uses(this PodTemplate template, ObjectName changed)
    {
        foreach (var volume in template.Volumes)
            if (volume is FilesVolume files)
                foreach (var source in files.Sources)
                    if (source is ConfigSource config && Is(config.From, changed)) return true;
        foreach (var container in template.AllContainers)
        {
            foreach (var source in container.EnvironmentFrom)
                if (Is(source.From, changed)) return true;
            foreach (var variable in container.Environment)
                if (variable.Key is { } key && Is(key.From, changed)) return true;
        }
        return false;
    }

    static bool Is(in ConfigRef from, ObjectName changed) =>
        string.Equals(from.Name, changed.Name, StringComparison.Ordinal) && string.Equals(ConfigObjects.KindOf(from), changed.Kind, StringComparison.Ordinal);
}
