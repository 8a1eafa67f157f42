namespace Gossip.Core.Templates;

/// <summary>What a pod says of its gang: pods of one namespace of which so many start together, or none. Annotation <c>gossip.dev/gang: NAME/MIN</c>.</summary>
public sealed record GangTerms(string Name, int Min)
{
    /// <summary>Its places are held one after another, 4 rounds at a time, by one node: 512 take a few seconds.</summary>
    public const int MinMost = 512;
}
