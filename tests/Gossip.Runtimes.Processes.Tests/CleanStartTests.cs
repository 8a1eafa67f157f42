using Gossip.Runtimes.Processes.Containers;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>The words before a program: the contract shows what they do, this which names go where.</summary>
public sealed class CleanStartTests
{
    static string[] Of(string program, params (string Name, string Value)[] variables) =>
        [.. CleanStart.Of([program, "x=1"], variables.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal))];

    [Fact]
    public void Only_names_that_a_shell_drops_are_in_the_command_line()
    {
        var words = Of("/bin/prog", ("PLAIN_1", "a"), ("http.port", "80"), ("1st", "b"), ("a-b", "c d"));
        Assert.Equal(["http.port=80", "1st=b", "a-b=c d", "/bin/prog", "x=1"], words[^5..]);
        Assert.DoesNotContain(words, word => word.StartsWith("PLAIN_1", StringComparison.Ordinal));
    }

    /// <summary><c>env</c> would take it for a variable.</summary>
    [Fact]
    public void A_program_with_an_equals_sign_in_its_name_is_still_the_program()
    {
        var words = Of("/bin/a=b");
        Assert.Equal(["/bin/sh", "-c", "exec \"$@\"", "gossip-start", "/bin/a=b", "x=1"], words[^6..]);
    }
}
