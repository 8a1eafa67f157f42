using System.Collections.Immutable;
using FsCheck.Xunit;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using MessagePack;

namespace Gossip.Core.Tests.Pods.Access;

public sealed class PodQuestionTests
{
    static readonly PodPlace Place = At(3);

    static PodPlace At(int ordinal) => new(new PodRun(new PodId(new Uid(ulong.MaxValue, 2), ordinal, 4), new Epoch(uint.MaxValue)), "process");

    [Property]
    public bool A_question_about_logs_arrives_as_it_was_asked(bool follow, ushort? tail, uint? since, bool previous, bool timestamps)
    {
        var asked = new LogsQuestion(Place, "main", new LogQuery(follow, tail, since is { } time ? new WallTime(time) : null, previous, timestamps));
        return PodQuestionCodec.Read(PodQuestionCodec.Write(asked)) == asked;
    }

    [Property]
    public void A_command_arrives_word_for_word(string[] words, bool input, bool terminal)
    {
        var asked = new ExecQuestion(Place, "main", ["do", .. words.Select(word => Text(word))], input, terminal);
        var read = Assert.IsType<ExecQuestion>(PodQuestionCodec.Read(PodQuestionCodec.Write(asked)));
        Assert.Equal(asked.Command, read.Command);
        Assert.Equal(asked with { Command = read.Command }, read);
    }

    [Property]
    public bool The_others_arrive_as_they_were_asked(bool input, bool terminal, string path)
    {
        PodQuestion attach = new AttachQuestion(Place, "side", input, terminal), copy = new CopyQuestion(Place, "main", Text(path));
        return PodQuestionCodec.Read(PodQuestionCodec.Write(attach)) == attach && PodQuestionCodec.Read(PodQuestionCodec.Write(copy)) == copy;
    }

    [Fact]
    public void As_many_pods_as_may_be_asked_about_fit_one_question()
    {
        var asked = new UsageQuestion([.. Enumerable.Range(0, UsageQuestion.MostPods).Select(At)]);
        Assert.Equal(asked.At, Assert.IsType<UsageQuestion>(PodQuestionCodec.Read(PodQuestionCodec.Write(asked))).At);
    }

    [Property(MaxTest = 1000)]
    public void Bytes_that_are_none_are_refused_by_name_and_by_nothing_else(byte[] noise, int where, byte what)
    {
        var bytes = PodQuestionCodec.Write(new ExecQuestion(Place, "main", ["a", "b"], true, false));
        bytes[(int)((uint)where % bytes.Length)] = what;
        foreach (var tried in (byte[][])[noise, bytes, bytes[..(int)((uint)where % bytes.Length)]])
            try
            {
                PodQuestionCodec.Read(tried);
                UsageAnswer.Read(tried);
            }
            catch (MessagePackSerializationException)
            {
            }
    }

    [Fact]
    public void What_is_too_long_is_refused_where_it_is_asked() =>
        Assert.Contains("at most", Assert.Throws<PodAccessException>(() => PodQuestionCodec.Write(new ExecQuestion(Place, "main", [new string('x', PodQuestionCodec.BytesMax)], false, false))).Message, StringComparison.Ordinal);

    [Property]
    public void Usage_arrives_as_it_was_told(int[] cpus, long memory)
    {
        ImmutableArray<ContainerUsage>[] told = [[.. cpus.Take(20).Select((cpu, i) => new ContainerUsage($"c{i}", TimeSpan.FromMilliseconds(cpu), new Bytes(memory), i))], []];
        var read = UsageAnswer.Read(UsageAnswer.Write(told));
        Assert.Equal(told.Length, read.Length);
        Assert.Equal(told[0], read[0]);
    }

    /// <summary>Half a surrogate pair is no text, and no terminal sends one.</summary>
    static string Text(string? any) => string.Concat((any ?? "").Where(c => !char.IsSurrogate(c)));
}
