using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using MessagePack;

namespace Gossip.Core.Tests.Tables;

public class RowCodecTests
{
    static readonly PodId Pod = new(new Uid(ulong.MaxValue, ulong.MaxValue), int.MaxValue, ulong.MaxValue);
    static readonly PodRun Run = new(Pod, new Epoch(uint.MaxValue));

    [Fact]
    public void A_slot_birth_comes_back() => Assert.Equal(Pod, PodCodec.ReadSlotBirth(PodCodec.SlotBirth(Pod)));

    [Fact]
    public void An_admission_birth_comes_back_and_a_long_verdict_is_cut_at_a_character()
    {
        var birth = new AdmissionBirth(NodeId.Of("a"), Run, new Stamp(ulong.MaxValue), "evicting web-1") { Won = new Victory(int.MaxValue, int.MaxValue, true), Devices = new DeviceGrant(Devices.GroupsMost, ulong.MaxValue), Priority = int.MinValue, KeepsNewest = true };
        Assert.Equal(birth, AdmissionCodec.ReadBirth(AdmissionCodec.Write(birth)));

        var bytes = AdmissionCodec.Write(birth with { Says = new string('ü', 1000) });
        Assert.InRange(bytes.Length, 100, AdmissionCodec.BirthBytesMax);
        Assert.Matches("^ü+$", AdmissionCodec.ReadBirth(bytes).Says);
    }

    [Fact]
    public void A_status_of_few_containers_comes_back_whole()
    {
        var status = new AdmissionStatus(3, true, PodPhase.Running, true, "127.1.2.3", new WallTime(5),
            [new("web", ContainerStage.Running, 2, new WallTime(4), 0, "", "") { Ready = true, Started = true, Last = new(137, "OOMKilled", new WallTime(3)) }, new("log", ContainerStage.Waiting, 9, default, 137, "CrashLoopBackOff", "back-off 10s")], "r", "m")
        {
            ReadySince = new WallTime(9),
            Notes = [new("Unhealthy", "web", "Readiness probe failed", 8)],
        };
        Assert.True(status.SaysTheSame(AdmissionCodec.ReadStatus(AdmissionCodec.Write(status))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void A_status_fits_its_row_however_much_its_containers_have_to_say(int count)
    {
        var containers = Enumerable.Range(0, count).Select(i => new ContainerState(
            new string('n', 63), ContainerStage.Waiting, int.MaxValue, new WallTime(long.MaxValue), int.MinValue, new string('r', 500), new string('m', 5000))
        {
            Ready = true,
            Last = new(int.MinValue, new string('r', 500), new WallTime(long.MaxValue)),
        });
        var bytes = AdmissionCodec.Write(new AdmissionStatus(uint.MaxValue, true, PodPhase.Failed, true, new string('1', 90),
            new WallTime(long.MaxValue), [.. containers], new string('r', 500), new string('m', 5000))
        {
            ReadySince = new WallTime(long.MaxValue),
            Notes = [.. Enumerable.Repeat(new PodNote(new string('r', 500), new string('n', 63), new string('m', 5000), int.MaxValue), 9)],
        });
        Assert.InRange(bytes.Length, 1, AdmissionCodec.StatusBytesMax);
        Assert.NotEmpty(AdmissionCodec.ReadStatus(bytes).Containers);
    }

    [Fact]
    public void A_summary_of_talkative_nodes_keeps_every_answer_and_fits_its_row()
    {
        var answers = Enumerable.Range(0, 40).Select(i => new RoundAnswer(new NodeId(ulong.MaxValue - (ulong)i), -1, new string('w', 900)));
        var bytes = new RoundSummary(Run, NodeId.Of("a"), uint.MaxValue, int.MaxValue, int.MaxValue, new NodeId(ulong.MaxValue), new Stamp(ulong.MaxValue), [.. answers]).Cell;
        Assert.InRange(bytes.Length, 1, RoundSummaryCodec.BytesMax);
        Assert.Equal(RoundSummary.AnswersMax, RoundSummaryCodec.Read(bytes).Answers.Length);
    }

    [Fact]
    public void A_summary_of_a_gang_with_a_long_name_fits_its_row()
    {
        var answers = Enumerable.Range(0, 40).Select(i => new RoundAnswer(new NodeId(ulong.MaxValue - (ulong)i), -1, new string('w', 900)));
        var gang = $"gang {new string('g', 63)} needs 512 together, 511 fit";
        var bytes = new RoundSummary(Run, NodeId.Of("a"), uint.MaxValue, int.MaxValue, 0, NodeId.None, new Stamp(ulong.MaxValue), [.. answers], gang).Cell;
        Assert.InRange(bytes.Length, 1, RoundSummaryCodec.BytesMax);
        Assert.Equal((gang, 13), (RoundSummaryCodec.Read(bytes).Gang, RoundSummaryCodec.Read(bytes).Answers.Length));
    }

    [Fact]
    public void A_status_of_an_older_build_is_read_without_what_it_does_not_tell()
    {
        byte[] older = [0x99, 0, 0xC2, 1, 0xC3, 0xA0, 5, 0xA0, 0xA0, 0x91, 0x97, 0xA1, (byte)'a', 1, 2, 3, 0, 0xA0, 0xA0];
        var status = AdmissionCodec.ReadStatus(older);
        Assert.Equal(new ContainerState("a", ContainerStage.Running, 2, new WallTime(3), 0, "", ""), Assert.Single(status.Containers));
        Assert.Empty(status.Notes);
    }

    [Fact]
    public void Every_cut_of_a_row_is_malformed()
    {
        var bytes = AdmissionCodec.Write(AdmissionStatus.Admitted with { Containers = [new("web", ContainerStage.Running, 0, default, 0, "", "")] });
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes.AsMemory(0, length);
            var error = Record.Exception(() => AdmissionCodec.ReadStatus(cut));
            Assert.True(error is MessagePackSerializationException or EndOfStreamException, $"cut at {length}: {error}");
        }
    }

    [Fact]
    public void More_containers_than_the_bound_are_refused()
    {
        var bytes = AdmissionCodec.Write(AdmissionStatus.Admitted);
        byte[] tooMany = [.. bytes[..^3], 0xDC, 0, AdmissionCodec.ContainersMax + 1, .. Enumerable.Repeat((byte)0xC0, AdmissionCodec.ContainersMax + 1)];
        Assert.Throws<MessagePackSerializationException>(() => AdmissionCodec.ReadStatus(tooMany));
    }

    [Fact]
    public void An_object_birth_comes_back()
    {
        var birth = new ObjectBirth(new ObjectName("Deployment", "default", "hello"), "apps/v1");
        Assert.Equal(birth, ObjectBirth.Read(birth.ToBytes()));
    }
}
