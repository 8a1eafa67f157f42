using Gossip.Node.Sealing;

namespace Gossip.Node.Tests.Sealing;

public sealed class KeyringTests
{
    static readonly string key = Keyring.Generate().Reveal();

    [Fact]
    public void The_text_form_is_read_back() => Assert.Equal(key, Keyring.Parse($" {key} ").Reveal());

    [Fact]
    public void Two_generated_keys_differ() => Assert.NotEqual(key, Keyring.Generate().Reveal());

    [Theory]
    [InlineData("", "at least one key")]
    [InlineData(" , ", "at least one key")]
    [InlineData("not base64!", "key 1 is not 32 bytes in base64")]
    [InlineData("c2hvcnQ=", "key 1 has 5 bytes; it needs 32")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Keyring.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_key_that_is_there_twice_is_refused() =>
        Assert.Contains("key 2 is there twice", Assert.Throws<FormatException>(() => Keyring.Parse($"{key},{key}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Too_many_keys_are_refused() =>
        Assert.Contains("5 keys", Assert.Throws<FormatException>(() => Keyring.Parse(string.Join(',', Enumerable.Repeat(key, 5)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Neither_an_error_nor_ToString_shows_a_key()
    {
        Assert.DoesNotContain(key, Keyring.Parse(key).ToString(), StringComparison.Ordinal);
        var almost = key[..^4];
        Assert.DoesNotContain(almost, Assert.Throws<FormatException>(() => Keyring.Parse(almost)).Message, StringComparison.Ordinal);
    }
}
