using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Kinds;

/// <summary>How much the pods that name it matter. What it says is a <see cref="PriorityClass"/>.</summary>
sealed class PriorityClassKind : ObjectKind
{
    public const string Kind = "PriorityClass";

    public override KindRole Role => KindRole.Priority;

    public override ImmutableArray<string> FixedFields => ["value", "preemptionPolicy"];

    public override TemplateProblem? Validate(ObjectName name, Func<string, ReadOnlyMemory<byte>> json) =>
        PriorityClass.TryRead(name.Name, json, out var wrong) is null ? wrong : null;

    public override bool ClaimsDefault(Func<string, ReadOnlyMemory<byte>> json) => json("globalDefault").Span.SequenceEqual("true"u8);
}
