using Gossip.Core.Templates;

namespace Gossip.Core.Kinds;

/// <summary>A kind whose objects pods are derived from, the same on every node.</summary>
abstract class WorkloadKind : ObjectKind
{
    public sealed override KindRole Role => KindRole.Workload;

    /// <summary>Users change how many pods it has: a smaller number leaves out those that matter least.</summary>
    public virtual bool IsScaled => true;

    /// <summary>The pure function from an object's fields to its pods.</summary>
    /// <param name="json">The value of a field; empty when the object does not have it.</param>
    /// <param name="paths">Every field it has.</param>
    /// <param name="previous">An earlier reading whose template cell is still the same, to spare reading it again.</param>
    /// <param name="parsed">What the template was read as on its way in; it counts where its bytes are the same.</param>
    public abstract WorkloadSpec Derive(
        Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths, PodTemplate? previous, ParsedTemplate? parsed);

    /// <summary>Reads the template of an object that is submitted; null when it says none.</summary>
    /// <param name="json">The value of a field; empty when the object does not have it.</param>
    /// <param name="paths">Every field it has.</param>
    public abstract ParsedTemplate? ReadTemplate(Func<string, ReadOnlyMemory<byte>> json, IEnumerable<string> paths);

    /// <summary>The object's own name of a field of its pods' template.</summary>
    public abstract string NameOfField(string inTemplate);
}
