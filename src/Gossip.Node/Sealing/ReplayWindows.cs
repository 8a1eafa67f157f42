namespace Gossip.Node.Sealing;

/// <summary>
/// Of datagrams, which come late, doubled and out of order: for each session the greatest counter seen and a bitmap of the
/// 1,024 up to it. Older than that is refused. Source: RFC 4303, appendix A (IPsec's anti-replay window).
/// </summary>
/// <remarks>
/// Only authentic datagrams get here, so only members make sessions. The least recently heard of <paramref name="most"/>
/// sessions is forgotten for a new one; its old datagrams would then be taken again. The envelope's boot number
/// refuses those of a sender's earlier life, and every message tolerates being doubled.
/// </remarks>
/// <param name="most">Sessions held: 4,096 nodes of full membership, about 200 B each.</param>
sealed class ReplayWindows(int most = 4096) : IReplayOrder
{
    public const int Width = 1024;

    sealed class Window(ulong session)
    {
        public readonly ulong Session = session;
        public readonly ulong[] Seen = new ulong[Width / 64];
        public ulong Greatest;
        public bool Any;
    }

    readonly Dictionary<ulong, LinkedListNode<Window>> sessions = [];
    readonly LinkedList<Window> byUse = new(); // the last heard last

    /// <summary>How many sessions are held.</summary>
    public int Count => sessions.Count;

    public bool Accept(ulong session, ulong counter)
    {
        if (!sessions.TryGetValue(session, out var node)) node = Admit(session);
        else if (node.Next is not null)
        {
            byUse.Remove(node);
            byUse.AddLast(node);
        }
        return Mark(node.Value, counter);
    }

    LinkedListNode<Window> Admit(ulong session)
    {
        if (sessions.Count >= most)
        {
            sessions.Remove(byUse.First!.Value.Session);
            byUse.RemoveFirst();
        }
        return sessions[session] = byUse.AddLast(new Window(session));
    }

    static bool Mark(Window window, ulong counter)
    {
        if (!window.Any || counter > window.Greatest)
        {
            var steps = window.Any ? counter - window.Greatest : Width;
            if (steps >= Width) Array.Clear(window.Seen);
            else
                for (var passed = window.Greatest + 1; passed < counter; passed++) Clear(window, passed);
            window.Any = true;
            window.Greatest = counter;
            Set(window, counter);
            return true;
        }
        if (window.Greatest - counter >= Width || IsSet(window, counter)) return false;
        Set(window, counter);
        return true;
    }

    static bool IsSet(Window window, ulong counter) => (window.Seen[Word(counter)] & Bit(counter)) != 0;
    static void Set(Window window, ulong counter) => window.Seen[Word(counter)] |= Bit(counter);
    static void Clear(Window window, ulong counter) => window.Seen[Word(counter)] &= ~Bit(counter);
    static int Word(ulong counter) => (int)(counter % Width / 64);
    static ulong Bit(ulong counter) => 1UL << (int)(counter % 64);
}
