using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Kinds;

/// <summary>What the tables make of an object.</summary>
enum KindRole
{
    /// <summary>It is kept and shown, and decides nothing here.</summary>
    Kept,

    /// <summary>Pods are derived from it: its kind is a <see cref="WorkloadKind"/>.</summary>
    Workload,

    /// <summary>Pods are configured by it.</summary>
    Configuration,

    /// <summary>It has an address, and leads to the pods that it selects.</summary>
    Service,

    /// <summary>The operator's side of a node.</summary>
    NodeSettings,

    /// <summary>Terms of affinity choose namespaces by its labels.</summary>
    NamespaceLabels,

    /// <summary>It bounds how many pods may be disrupted on purpose.</summary>
    Budget,

    /// <summary>It says how much pods matter.</summary>
    Priority,

    /// <summary>It names the nodes by whose majority singletons run.</summary>
    Voters,
}

/// <summary>
/// One kind of desired object: how it is validated, and what it is to the tables. Everything that depends on an object's kind is
/// asked of it, so that a new kind is one file here and one line in <see cref="ObjectKinds"/>.
/// </summary>
class ObjectKind
{
    /// <summary>What the tables make of an object of it.</summary>
    public virtual KindRole Role => KindRole.Kept;

    /// <summary>Fields that never change: who wants others deletes the object and creates it anew.</summary>
    public virtual ImmutableArray<string> FixedFields => [];

    /// <summary>Only the voters change it, by their majority's consent.</summary>
    public virtual bool NeedsConsent => false;

    /// <summary>What is wrong with an object of this kind; null when nothing is.</summary>
    /// <param name="json">The value of a field; empty when the object does not have it, or it is null.</param>
    public virtual TemplateProblem? Validate(ObjectName name, Func<string, ReadOnlyMemory<byte>> json) => null;

    /// <summary>It says that it is the one that counts where none is named: one at most may.</summary>
    /// <param name="json">As above.</param>
    public virtual bool ClaimsDefault(Func<string, ReadOnlyMemory<byte>> json) => false;
}
