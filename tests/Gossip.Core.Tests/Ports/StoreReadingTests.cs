using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Ports;

/// <summary>What is believed of a store's files, damaged in every way that is cheap to try.</summary>
public sealed class StoreReadingTests
{
    const ulong Salt = 77;
    static readonly NodeId Owner = NodeId.Of("a"), Other = NodeId.Of("b");
    static readonly StoreCard Card = new(Owner, HasLog: true, []);

    static StoreReading Of(byte[]? snapshot, byte[]? log, CleanEnd? end) =>
        StoreReading.Of(new StoreFiles(snapshot, log, Card, end), Owner);

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
    static string[] Texts(StoreReading read) => [.. read.Contents.Records.Select(record => Encoding.UTF8.GetString(record.Span))];

    /// <summary>A log of batches, each of which was synced before the next was appended.</summary>
    static byte[] Log(ulong generation, params string[][] batches) => LogOf(Owner, generation, "whole", batches);

    /// <param name="snapshot">The one that it follows, but for generation 0.</param>
    static byte[] LogOf(NodeId owner, ulong generation, string snapshot, params string[][] batches)
    {
        using var file = new MemoryStream();
        var head = new byte[StoreFormat.HeadSize];
        var sum = generation == 0 ? 0 : StoreFormat.WriteSnapshotHead(new byte[StoreFormat.HeadSize], owner, generation, Bytes(snapshot));
        StoreFormat.WriteLogHead(head, owner, generation, Salt, sum);
        file.Write(head);
        foreach (var batch in batches)
        {
            var synced = file.Length;
            foreach (var record in batch) Append(file, Bytes(record), (uint)(file.Length - synced), Salt);
        }
        return file.ToArray();
    }

    static void Append(Stream file, byte[] record, uint unsynced, ulong salt)
    {
        var head = new byte[StoreFormat.RecordHead];
        StoreFormat.WriteRecordHead(head, record, unsynced, salt);
        file.Write(head);
        file.Write(record);
    }

    static byte[] Snapshot(ulong generation, string text = "whole") => SnapshotOf(Owner, generation, text);

    static byte[] SnapshotOf(NodeId owner, ulong generation, string text = "whole")
    {
        var head = new byte[StoreFormat.HeadSize];
        StoreFormat.WriteSnapshotHead(head, owner, generation, Bytes(text));
        return [.. head, .. Bytes(text)];
    }

    static int End(params string[] records) => StoreFormat.HeadSize + records.Sum(record => StoreFormat.RecordHead + record.Length);

    [Fact]
    public void A_log_torn_at_any_byte_is_no_damage_and_keeps_every_whole_record_before_it()
    {
        string[] records = ["first", "", "third, which is a bit longer"];
        var whole = Log(0, records);
        for (var length = StoreFormat.HeadSize; length <= whole.Length; length++)
        {
            var read = Of(null, whole[..length], null);
            var kept = Enumerable.Range(0, records.Length).Count(i => End(records[..(i + 1)]) <= length);
            Assert.Equal(records[..kept], Texts(read));
            Assert.Equal(End(records[..kept]), read.LogKeeps);
            Assert.Empty(read.Contents.Damage);
            Assert.False(read.Contents.IsClean);
        }
    }

    [Fact]
    public void No_flipped_bit_of_a_log_passes_and_only_in_the_last_batch_is_it_taken_for_a_torn_end()
    {
        string[] records = ["first", "second", "third"];
        var whole = Log(0, ["first", "second"], ["third"]);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            var read = Of(null, damaged, null);
            var isHead = bit / 8 < StoreFormat.HeadSize;
            var isLast = bit / 8 >= End("first", "second");
            Assert.Equal(isLast, read.Contents.Damage.Count == 0);
            // One copy of the head is enough. Elsewhere the record is lost, and those beside it are not.
            Assert.Equal(isHead ? 3 : 2, read.Contents.Records.Count);
            Assert.Equal(Texts(read), records.Intersect(Texts(read)));
            Assert.False(read.Contents.IsClean);
        }
    }

    [Fact]
    public void After_a_clean_end_every_flipped_bit_is_damage()
    {
        var whole = Log(3, ["first", "second"], ["third"]);
        var clean = new CleanEnd(3, whole.Length);
        Assert.True(Of(Snapshot(3), whole, clean).Contents.IsClean);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            var read = Of(Snapshot(3), damaged, clean);
            Assert.NotEmpty(read.Contents.Damage);
            Assert.Equal(whole.Length, read.LogKeeps); // nothing is cut: what was there is kept for people
            Assert.False(read.Contents.IsClean);
        }
    }

    [Fact]
    public void A_log_that_is_shorter_than_when_it_was_closed_is_damaged()
    {
        var whole = Log(0, ["first"], ["second"]);
        var read = Of(null, whole[..End("first")], new CleanEnd(0, whole.Length));
        Assert.Equal(["first"], Texts(read));
        Assert.Equal(["the log is 18 bytes shorter than when it was closed"], read.Contents.Damage);
    }

    /// <summary>A disk may write what was not synced in any order.</summary>
    [Fact]
    public void What_stands_after_a_hole_in_the_last_batch_was_never_synced_and_goes_with_it()
    {
        var torn = Log(0, ["first"], ["second", "third"]);
        Array.Clear(torn, End("first"), StoreFormat.RecordHead + "second".Length);
        var read = Of(null, torn, null);
        Assert.Equal(["first"], Texts(read));
        Assert.Equal(End("first"), read.LogKeeps);
        Assert.Empty(read.Contents.Damage);
    }

    [Fact]
    public void A_hole_before_a_later_batch_is_damage_and_a_torn_end_behind_it_is_still_cut()
    {
        var log = Log(0, ["first"], ["second"], ["third"], ["torn"]);
        Array.Clear(log, End("first"), StoreFormat.RecordHead + "second".Length);
        var read = Of(null, log[..^1], null);
        Assert.Equal(["first", "third"], Texts(read));
        Assert.Equal([$"the log is damaged at byte {End("first")}"], read.Contents.Damage);
        Assert.Equal(End("first", "second", "third"), read.LogKeeps);
    }

    [Fact]
    public void An_object_whose_bytes_look_like_a_record_is_not_taken_for_one()
    {
        using var forged = new MemoryStream();
        Append(forged, Bytes("forged"), 0, salt: 0); // whoever writes the object does not know the salt
        var log = Log(0, [Encoding.Latin1.GetString(forged.ToArray())], ["second"]);
        log[StoreFormat.HeadSize] ^= 1;
        Assert.Equal(["second"], Texts(Of(null, log, null)));
    }

    [Fact]
    public void No_flipped_bit_of_a_snapshot_passes()
    {
        var whole = Snapshot(2);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            var read = Of(damaged, Log(2, ["a"]), null);
            Assert.NotEmpty(read.Contents.Damage);
            Assert.True(read.IsSnapshotDamaged);
            Assert.Equal(["a"], Texts(read));
            Assert.Equal(bit / 8 < StoreFormat.HeadSize, read.Contents.Snapshot is not null); // one copy of the head is enough
        }
    }

    [Theory]
    [InlineData(null, 0, true, "")]
    [InlineData(null, 1, true, "the snapshot is missing")]
    [InlineData(3, 3, true, "")]
    [InlineData(3, 2, false, "")] // a crash between the snapshot and its log
    [InlineData(3, 1, false, "the log is older than the snapshot: what was written after the snapshot is missing")]
    [InlineData(3, 4, true, "the snapshot is older than the log: what was written between them is missing")]
    [InlineData(3, null, false, "the log is missing")]
    [InlineData(null, null, false, "the log and the snapshot are missing")]
    public void Files_that_do_not_belong_together_are_found(int? snapshot, int? log, bool believesLog, string damage)
    {
        var read = Of(snapshot is { } s ? Snapshot((ulong)s) : null, log is { } l ? Log((ulong)l, ["a"]) : null, null);
        Assert.Equal(damage.Length > 0 ? [damage] : [], read.Contents.Damage);
        Assert.Equal(believesLog ? ["a"] : [], Texts(read));
        Assert.Equal(believesLog, read.LogKeeps is not null);
        Assert.Equal(snapshot is not null, read.Contents.Snapshot is not null);
        Assert.Equal((ulong)(believesLog ? log! : snapshot ?? 0), read.Generation);
    }

    [Fact]
    public void A_new_store_is_empty_and_whole()
    {
        Assert.Empty(StoreReading.Of(default, Owner).Contents.Damage);
        // A crash may come between the card, the first log, and the card that says so.
        Assert.Empty(StoreReading.Of(new StoreFiles(null, null, Card with { HasLog = false }, null), Owner).Contents.Damage);
        Assert.Empty(StoreReading.Of(new StoreFiles(null, Log(0, ["a"]), Card with { HasLog = false }, null), Owner).Contents.Damage);
    }

    [Fact]
    public void A_snapshot_that_was_swapped_for_another_of_its_generation_is_found()
    {
        var read = Of(Snapshot(3, "another"), Log(3, ["a"]), null);
        Assert.Equal(["the snapshot is not the one that the log follows"], read.Contents.Damage);
        Assert.NotNull(read.Contents.Snapshot); // its rows are this node's, so they are no harm
    }

    [Fact]
    public void Nothing_is_read_of_a_file_of_another_node()
    {
        var read = Of(SnapshotOf(Other, 3), Log(3, ["a"]), null);
        Assert.Equal(["the snapshot is another node's"], read.Contents.Damage);
        Assert.Null(read.Contents.Snapshot);
        Assert.Equal(["a"], Texts(read));

        read = Of(Snapshot(3), LogOf(Other, 3, "whole", ["a"]), null);
        Assert.Equal(["the log is another node's"], read.Contents.Damage);
        Assert.Empty(read.Contents.Records);
        Assert.Null(read.LogKeeps);

        read = Of(SnapshotOf(Other, 3), LogOf(Other, 3, "whole", ["a"]), null); // under this node's card
        Assert.Equal(["the snapshot is another node's", "the log is another node's"], read.Contents.Damage);
        Assert.Null(read.Foreign);
        Assert.Null(read.Contents.Snapshot);
    }

    [Fact]
    public void A_store_that_is_wholly_another_nodes_is_not_touched()
    {
        foreach (var card in (StoreCard?[])[null, Card with { Owner = Other }])
            Assert.Equal(Other, StoreReading.Of(new StoreFiles(null, LogOf(Other, 0, "", ["a"]), card, null), Owner).Foreign);
        Assert.Equal(Other, StoreReading.Of(new StoreFiles(null, null, Card with { Owner = Other }, null), Owner).Foreign);
    }

    [Fact]
    public void Without_its_card_nobody_knows_what_was_wrong_before()
    {
        var read = StoreReading.Of(new StoreFiles(null, Log(0, ["a"]), null, null), Owner);
        Assert.Equal(["the folder's card is missing or damaged"], read.Contents.Damage);
        Assert.Equal(["a"], Texts(read));
    }

    [Fact]
    public void What_was_wrong_before_still_is_until_it_is_forgotten()
    {
        var card = Card with { Damage = ["the snapshot is damaged"] };
        var read = StoreReading.Of(new StoreFiles(null, Log(0, ["a"]), card, new CleanEnd(0, Log(0, ["a"]).Length)), Owner);
        Assert.Equal(card.Damage, read.Contents.Damage);
        Assert.False(read.Contents.IsClean);
    }

    [Fact]
    public void A_log_without_a_head_is_damaged()
    {
        foreach (var log in (byte[][])[[], [1, 2, 3], new byte[100]])
        {
            var read = Of(null, log, null);
            Assert.Null(read.LogKeeps);
            Assert.True(read.IsLogDamaged);
            Assert.Equal(["the log's head is damaged, so none of its records can be read"], read.Contents.Damage);
        }
    }

    [Fact]
    public void A_file_of_another_format_is_told_from_a_damaged_one()
    {
        var log = Log(0, ["a"]);
        Assert.Null(StoreFormat.OtherFormat(log, StoreFormat.LogMagic));
        log[7] = (byte)'1';
        Assert.Equal('1', StoreFormat.OtherFormat(log, StoreFormat.LogMagic));
        log[0] ^= 1;
        Assert.Null(StoreFormat.OtherFormat(log, StoreFormat.LogMagic));
    }
}
