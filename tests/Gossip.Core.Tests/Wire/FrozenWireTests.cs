using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Wire;

/// <summary>
/// The wire is frozen: every message and every encoded cell of a row, rendered, is what Wire/frozen.txt says. A node of
/// this build talks to nodes of others, so changing that file is a decision: elements may be added at an array's end.
/// </summary>
public class FrozenWireTests
{
    [Fact]
    public void What_is_on_the_wire_is_what_was_frozen()
    {
        var actual = string.Concat(WireSamples.Rendered().Select(line => line + '\n'));
        using var stream = typeof(FrozenWireTests).Assembly.GetManifestResourceStream("frozen.txt")!;
        using var frozen = new StreamReader(stream);
        if (frozen.ReadToEnd() != actual)
            Assert.Fail($"The wire changed. If it is meant to, and nodes of other builds can still read it, tests/Gossip.Core.Tests/Wire/frozen.txt becomes:\n{actual}");
    }

    [Fact]
    public void Every_type_of_message_has_a_sample_and_a_kind_of_its_own()
    {
        var types = typeof(IWireMessage<>).Assembly.GetTypes().Where(type => type.GetInterfaces().Any(IsWireMessage));
        Assert.Equal(types.Select(type => type.Name).Order(StringComparer.Ordinal), WireSamples.Messages.Select(sample => sample.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<MessageKind>(), WireSamples.Messages.Select(sample => sample.Kind).Order());
    }

    static bool IsWireMessage(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IWireMessage<>);

    [Fact]
    public void Every_sample_is_read_to_its_end_and_written_again_alike()
    {
        foreach (var sample in WireSamples.Messages) Assert.Equal(sample.Body, sample.Again);
    }

    [Fact]
    public void A_later_versions_elements_are_passed_over()
    {
        foreach (var sample in WireSamples.Messages) Assert.Equal(sample.Body, sample.ReadWithOneMore());
    }
}
