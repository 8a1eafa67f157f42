using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>
/// Goes over a row's cells where they lie. Every node has the rows of every pod in memory, so their cells are bytes, one after
/// the other, and become objects for who asks for them: of each its head, its writer where that is not the birth's, its field, its value.
/// </summary>
struct CellReader
{
    /// <param name="Value">Its length, as <paramref name="Name"/>.</param>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    readonly record struct Head(ulong Seq, ulong Stamp, uint Generation, int Value, int Name, bool IsOthers);

    static readonly int HeadBytes = Unsafe.SizeOf<Head>();
    const int WriterBytes = sizeof(ulong);

    /// <summary>Those that the core writes and reads itself are the same string wherever they are read. The most usual first.</summary>
    static readonly string[] Known =
        [Fields.Birth, Fields.Status, Fields.Round, Fields.Template, Fields.Replicas, Fields.Labels, Fields.Annotations, Fields.Selector, Fields.Deleting, Fields.Skip, Fields.LeastEpoch, Fields.Succeeded];

    readonly byte[] bytes;
    readonly WriterId birth;
    Head head;
    int end; // of the cell that is looked at

    /// <param name="birth">Whose write made the row: cells of the same writer do not name it.</param>
    internal CellReader(byte[] bytes, WriterId birth) => (this.bytes, this.birth) = (bytes, birth);

    /// <summary>Of the field, in UTF-8.</summary>
    public readonly ReadOnlySpan<byte> Name => bytes.AsSpan(end - head.Value - head.Name, head.Name);
    public Dot Dot { get; private set; }
    public readonly uint Generation => head.Generation;
    public readonly Stamp Stamp => new(head.Stamp);
    public readonly ReadOnlyMemory<byte> Value => bytes.AsMemory(end - head.Value, head.Value);

    public readonly Cell Current => new(NameOf(Name), Dot, Generation, Stamp, Value);

    public readonly bool IsOf(string field) => Ascii.Equals(Name, field) || !Ascii.IsValid(Name) && NameOf(Name) == field;

    public bool MoveNext()
    {
        if (end == bytes.Length) return false;
        head = MemoryMarshal.Read<Head>(bytes.AsSpan(end));
        end += HeadBytes;
        Dot = new Dot(head.IsOthers ? new WriterId(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(end))) : birth, head.Seq);
        end += (head.IsOthers ? WriterBytes : 0) + head.Name + head.Value;
        return true;
    }

    internal static byte[] Pack(WriterId birth, ReadOnlySpan<Cell> cells)
    {
        var length = 0;
        foreach (ref readonly var cell in cells)
            length += HeadBytes + (cell.Dot.Writer == birth ? 0 : WriterBytes) + Encoding.UTF8.GetByteCount(cell.Field) + cell.Value.Length;
        var bytes = new byte[length];
        var rest = bytes.AsSpan();
        foreach (ref readonly var cell in cells)
        {
            var isOthers = cell.Dot.Writer != birth;
            var name = Encoding.UTF8.GetByteCount(cell.Field);
            MemoryMarshal.Write(rest, new Head(cell.Dot.Seq, cell.Stamp.Value, cell.Generation, cell.Value.Length, name, isOthers));
            rest = rest[HeadBytes..];
            if (isOthers)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(rest, cell.Dot.Writer.Value);
                rest = rest[WriterBytes..];
            }
            Encoding.UTF8.GetBytes(cell.Field, rest);
            cell.Value.Span.CopyTo(rest[name..]);
            rest = rest[(name + cell.Value.Length)..];
        }
        return bytes;
    }

    internal static string NameOf(ReadOnlySpan<byte> name)
    {
        foreach (var known in Known)
            if (Ascii.Equals(name, known)) return known;
        return Encoding.UTF8.GetString(name);
    }
}
