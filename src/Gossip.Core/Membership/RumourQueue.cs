using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Core.Membership;

/// <summary>
/// News on its way to everybody: each datagram takes with it the rumours that were sent least often, and each is
/// dropped once it was sent often enough for an epidemic to reach all. Newer news on a subject replaces older.
/// Source: section 4.1 of Das, Gupta, Motivala, "SWIM", 2002.
/// </summary>
/// <remarks>
/// Rumours hang in one list for each number of transmissions, oldest first, so that offering, filling and dropping
/// cost the same however many wait. Nothing is allocated once the queue is warm.
/// </remarks>
sealed class RumourQueue
{
    /// <summary>How many rumours that do not fit are looked past, in search of shorter ones.</summary>
    const int MissesMost = 16;

    /// <summary>Buffers kept for the next rumours: 256 of at most a datagram each, 300 kB.</summary>
    const int SparesMost = 256;

    const int None = -1;

    struct Rumour
    {
        public ulong Subject;
        public byte[]? Bytes;
        public int Length, Sent, Limit, Before, After;
    }

    struct Bucket
    {
        public int First, Last;
    }

    readonly Dictionary<ulong, int> bySubject = [];
    readonly List<Rumour> rumours = [];
    readonly List<Bucket> buckets = [];
    readonly Stack<int> free = [];
    readonly List<int> filled = [];

    public bool IsEmpty => bySubject.Count == 0;

    /// <summary>How many subjects are being talked about.</summary>
    public int Count => bySubject.Count;

    /// <summary>What it takes to send all of them once.</summary>
    public int Bytes { get; private set; }

    /// <summary>Spreads a message (with its header), <paramref name="transmits"/> times; it replaces what was said on the subject.</summary>
    public void Offer(ulong subject, ReadOnlySpan<byte> wholeMessage, int transmits)
    {
        Check.That(wholeMessage.Length <= Limits.DatagramMessage + Limits.MessageHeader);
        Drop(subject);
        if (transmits <= 0) return;
        if (!free.TryPop(out var index))
        {
            index = rumours.Count;
            rumours.Add(default);
        }
        ref var rumour = ref At(index);
        if (rumour.Bytes is null || rumour.Bytes.Length < wholeMessage.Length) rumour.Bytes = new byte[(wholeMessage.Length + 63) & ~63];
        wholeMessage.CopyTo(rumour.Bytes);
        rumour.Subject = subject;
        rumour.Length = wholeMessage.Length;
        rumour.Sent = 0;
        rumour.Limit = transmits;
        Bytes += rumour.Length;
        bySubject.Add(subject, index);
        Link(index);
    }

    /// <summary>Writes whole messages into the room, each at most once; returns how many bytes.</summary>
    public int Fill(Span<byte> room)
    {
        var written = 0;
        var misses = 0;
        for (var sent = 0; sent < buckets.Count && misses < MissesMost; sent++)
        {
            for (var index = buckets[sent].First; index != None && misses < MissesMost;)
            {
                ref var rumour = ref At(index);
                var next = rumour.After;
                if (rumour.Length > room.Length - written) misses++;
                else
                {
                    rumour.Bytes.AsSpan(0, rumour.Length).CopyTo(room[written..]);
                    written += rumour.Length;
                    Unlink(index);
                    filled.Add(index); // linked again below: none goes twice into one datagram
                }
                index = next;
            }
        }
        foreach (var index in filled)
        {
            ref var rumour = ref At(index);
            if (++rumour.Sent < rumour.Limit) Link(index);
            else Release(index);
        }
        filled.Clear();
        return written;
    }

    /// <summary>Says no more on a subject.</summary>
    public void Drop(ulong subject)
    {
        if (!bySubject.TryGetValue(subject, out var index)) return;
        Unlink(index);
        Release(index);
    }

    ref Rumour At(int index) => ref CollectionsMarshal.AsSpan(rumours)[index];

    ref Bucket BucketOf(int sent)
    {
        while (buckets.Count <= sent) buckets.Add(new Bucket { First = None, Last = None });
        return ref CollectionsMarshal.AsSpan(buckets)[sent];
    }

    void Link(int index)
    {
        ref var rumour = ref At(index);
        ref var bucket = ref BucketOf(rumour.Sent);
        rumour.Before = bucket.Last;
        rumour.After = None;
        if (bucket.Last == None) bucket.First = index;
        else At(bucket.Last).After = index;
        bucket.Last = index;
    }

    void Unlink(int index)
    {
        ref var rumour = ref At(index);
        ref var bucket = ref BucketOf(rumour.Sent);
        if (rumour.Before == None) bucket.First = rumour.After;
        else At(rumour.Before).After = rumour.After;
        if (rumour.After == None) bucket.Last = rumour.Before;
        else At(rumour.After).Before = rumour.Before;
    }

    void Release(int index)
    {
        ref var rumour = ref At(index);
        bySubject.Remove(rumour.Subject);
        Bytes -= rumour.Length;
        if (free.Count >= SparesMost) rumour.Bytes = null;
        free.Push(index);
    }
}
