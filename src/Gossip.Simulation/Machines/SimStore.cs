using System.Buffers.Binary;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Simulation.Machines;

/// <summary>
/// A machine's disk. What was appended and not synced may be lost, wholly or from somewhere in the middle of a
/// record, when the machine loses power; a process that dies leaves it to the operating system, which keeps it.
/// </summary>
/// <param name="keeps">False for a machine that never starts again: nothing is written then.</param>
internal sealed class SimStore(RandomStream luck, Sometimes sometimes, bool keeps = true) : IStore
{
    /// <summary>Length 4 + hash 8 before each record.</summary>
    const int Header = 12;

    readonly WireBuffer log = new(keeps ? 16 * 1024 : 0);
    byte[]? snapshot;
    int synced;
    bool closedCleanly = true; // a disk that nobody ever used has nothing to doubt

    public bool Keeps => keeps;
    public long LogBytes => log.Length;

    /// <summary>Whether there is anything to read: not on a new machine's disk.</summary>
    public bool IsEmpty => snapshot is null && log.Length == 0;

    public StoreContents Open()
    {
        var records = new List<ReadOnlyMemory<byte>>();
        var at = 0;
        var bytes = log.Written;
        while (at + Header <= bytes.Length)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (length < 0 || at + Header + length > bytes.Length) break;
            var body = bytes.Slice(at + Header, length);
            if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + 4)..]) != StableHash.Of(body)) break;
            records.Add(body.ToArray());
            at += Header + length;
        }
        var isClean = closedCleanly && at == log.Length;
        if (at < log.Length) sometimes.Count("a torn record is cut off");
        log.Truncate(at);
        synced = at;
        closedCleanly = false;
        return new StoreContents(snapshot is null ? null : (ReadOnlyMemory<byte>?)snapshot, records, isClean);
    }

    public void Append(ReadOnlySpan<byte> record)
    {
        if (!keeps) return;
        var header = log.GetSpan(Header);
        BinaryPrimitives.WriteInt32LittleEndian(header, record.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], StableHash.Of(record));
        log.Advance(Header);
        log.Write(record);
    }

    public void Sync() => synced = log.Length;

    public void Compact(ReadOnlySpan<byte> whole)
    {
        snapshot = whole.ToArray();
        log.Clear();
        synced = 0;
    }

    public void CloseCleanly()
    {
        Sync();
        closedCleanly = true;
    }

    /// <summary>The power goes: of what was not synced, a prefix of any length survives.</summary>
    public void LosePower()
    {
        var keep = synced + luck.Below(log.Length - synced + 1);
        if (keep < log.Length) sometimes.Count("unsynced bytes are lost");
        log.Truncate(keep);
    }

    /// <summary>Somebody put an empty disk in.</summary>
    public void Wipe()
    {
        snapshot = null;
        log.Clear();
        synced = 0;
        closedCleanly = true;
    }

    public void Dispose() { }
}
