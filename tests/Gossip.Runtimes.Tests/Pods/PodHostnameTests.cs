using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Tests.Pods;

public sealed class PodHostnameTests
{
    const string Ten = "a123456789";

    [Theory]
    [InlineData("web-0", "", "web-0")]
    [InlineData("web-0", "db", "db")]
    [InlineData(Ten + Ten + Ten + Ten + Ten + Ten + "ab.cd", "", Ten + Ten + Ten + Ten + Ten + Ten + "ab")] // kubernetes#36951
    [InlineData(Ten + Ten + Ten + Ten + Ten + Ten + "-.-cd", "", Ten + Ten + Ten + Ten + Ten + Ten)]
    [InlineData(Ten + Ten + Ten + Ten + Ten + Ten + "abcde", "", Ten + Ten + Ten + Ten + Ten + Ten + "abc")]
    public void It_is_the_pod_s_name_cut_to_a_label_that_ends_well(string pod, string own, string expected)
    {
        var template = new PodTemplate(
            1, Labels.Empty, Labels.Empty, [], Resources.Zero, Labels.Empty, [], [], "", "", PodRestartPolicy.Always, default, null)
        {
            Hostname = own,
        };
        var run = new PodRun(new PodId(new Uid(1, 1), 0, 1), Epoch.First);
        Assert.Equal(expected, PodHostname.Of(new PodLaunch(run, pod, "default", "uid", "n", template)));
    }
}
