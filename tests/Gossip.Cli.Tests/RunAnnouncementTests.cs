namespace Gossip.Cli.Tests;

public sealed class RunAnnouncementTests
{
    [Fact]
    public void What_a_node_announces_is_read_again()
    {
        var announced = new RunAnnouncement("a", "[::1]:7373", "http://127.0.0.1:8080");
        Assert.Equal("ready a gossip=[::1]:7373 api=http://127.0.0.1:8080", announced.ToString());
        Assert.True(RunAnnouncement.TryParse(announced.ToString(), out var read));
        Assert.Equal(announced, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ready")]
    [InlineData("ready a")]
    [InlineData("ready a gossip=b")]
    [InlineData("ready a api=b gossip=c")]
    [InlineData("ready a gossip=b api=c d")]
    [InlineData("12:00:00.000 info: ready a gossip=b api=c")]
    public void Any_other_line_is_none(string line) => Assert.False(RunAnnouncement.TryParse(line, out _));
}
