namespace Gossip.Mutants;

/// <summary>A bug that is planted in a copy of Gossip.Core: one piece of syntax inside one member becomes another.</summary>
/// <param name="Name">What is wrong then, in a few words.</param>
/// <param name="Where"><c>Folder/Type.Member</c>, <c>Folder/Type.Inner.Member</c>; a constructor's member is the type's own name.</param>
/// <param name="From">An expression or a statement that is there exactly once, whatever its spaces. Several statements are not one.</param>
/// <param name="To">What is there instead.</param>
internal sealed record Mutant(string Name, string Where, string From, string To)
{
    /// <summary>Below the project's; empty for the project's own.</summary>
    public string Folder => Where[..Math.Max(0, Where.LastIndexOf('/'))];

    /// <summary>The innermost type, without those around it.</summary>
    public string Type => Where[(Where.LastIndexOf('/') + 1)..].Split('.')[^2];
    public string Member => Where[(Where.LastIndexOf('.') + 1)..];

    /// <summary>The layer that it is in, for the table.</summary>
    public string Layer => Folder.Length == 0 ? "Node" : Folder.Split('/')[0];

    /// <summary>The unit tests that mirror its folder: tried before all others.</summary>
    public string NearTests => Folder.Length == 0 ? "Gossip.Core.Tests" : "Gossip.Core.Tests." + Layer;
}
