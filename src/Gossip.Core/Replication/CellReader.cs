using System.Text;
using Gossip.Core.Model;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>
/// Goes over a row's cells where they lie, in the form that <see cref="RowCodec"/> gives them. Every node has the rows of every
/// pod in memory, so their cells are bytes, and become objects for who asks for them.
/// </summary>
public ref struct CellReader
{
    /// <summary>Those that the core writes and reads itself are the same string wherever they are read. The most usual first.</summary>
    static readonly string[] Known =
        [Fields.Birth, Fields.Status, Fields.Round, Fields.Template, Fields.Replicas, Fields.Labels, Fields.Annotations, Fields.Selector, Fields.Deleting, Fields.Skip, Fields.LeastEpoch, Fields.Succeeded];

    readonly WriterId birth;
    MessagePackReader reader;

    /// <param name="birth">Whose write made the row: cells of the same writer do not name it.</param>
    public CellReader(ReadOnlyMemory<byte> cells, WriterId birth)
    {
        this.birth = birth;
        reader = new MessagePackReader(cells);
        Left = reader.ReadArrayHeader();
    }

    /// <summary>How many are still to come.</summary>
    public int Left { get; private set; }

    /// <summary>Of the field, in UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }
    public Dot Dot { get; private set; }
    public uint Generation { get; private set; }
    public Stamp Stamp { get; private set; }
    public ReadOnlyMemory<byte> Value { get; private set; }

    public readonly Cell Current => new(NameOf(Name), Dot, Generation, Stamp, Value);

    public readonly bool IsOf(string field) => Ascii.Equals(Name, field) || !Ascii.IsValid(Name) && NameOf(Name) == field;

    public bool MoveNext()
    {
        if (Left-- == 0) return false;
        reader.ReadArrayHeader();
        reader.TryReadStringSpan(out var name);
        Name = name;
        Dot = new Dot(reader.TryReadNil() ? birth : new WriterId(reader.ReadUInt64()), reader.ReadUInt64());
        Generation = reader.ReadUInt32();
        Stamp = new Stamp(reader.ReadUInt64());
        Value = reader.ReadBytes()!.Value.First;
        return true;
    }

    internal static string NameOf(ReadOnlySpan<byte> name)
    {
        foreach (var known in Known)
            if (Ascii.Equals(name, known)) return known;
        return Encoding.UTF8.GetString(name);
    }
}
