namespace Gossip.Mutants.Lists;

/// <summary>The machine around its parts, and the disk's health.</summary>
internal static class NodeMutants
{
    public static readonly Mutant[] List =
    [
        new("a damaged node takes writes before it has compared", "NodeMachine.Handle",
            "replicator.IsDamaged && !keeper.HasSynced && input.Question is not Look", "false"),
        new("a failed disk takes writes", "NodeMachine.Handle",
            "disk.Objection(input.Question!) is { } objection", "disk.Objection(input.Question!) is { Length: > 9999 } objection"),
        new("a malformed message ends the node", "NodeMachine.ReadMessages", "Codec.IsMalformed(malformed)", "false"),
        new("a damaged node that is alone starts", "NodeMachine.NodeMachine", "replicator.NeedsPeer && !KnowsOthers(config)", "false"),
        new("a disk that failed is well again", "Disk/DiskHealth.Take", "told.State != DiskState.Failing", "true"),
        new("a hanging write is not noticed", "Disk/DiskHealth.Look", "took > SlowAfter", "false"),
        new("a pause is the disk's fault", "Disk/DiskHealth.Look", "now - lookedAt > PausedAfter", "false"),
    ];
}
