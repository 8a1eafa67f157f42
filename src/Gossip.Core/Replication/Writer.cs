using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>
/// Mints dots, none twice. A writer id lives on only through a clean close; after any doubt (a crash, a restored
/// backup, a peer that has seen more of it than it remembers) a new one is drawn, because two writes under one dot
/// could never be told apart again.
/// </summary>
sealed class Writer(WriterId id, ulong minted)
{
    public WriterId Id { get; private set; } = id;

    /// <summary>The seq of the last dot.</summary>
    public ulong Minted { get; private set; } = minted;

    public static WriterId Draw(RandomStream random)
    {
        ulong drawn;
        do drawn = random.Next();
        while (drawn == 0);
        return new WriterId(drawn);
    }

    public Dot Mint() => new(Id, ++Minted);

    /// <summary>True when somebody has seen dots of this writer that it does not remember: it may not write on.</summary>
    public bool IsDoubted(CausalContext seen) => seen.Greatest(Id) > Minted;

    public void Renew(RandomStream random)
    {
        Id = Draw(random);
        Minted = 0;
    }
}
