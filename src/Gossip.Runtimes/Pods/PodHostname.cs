using Gossip.Core.Ports;

namespace Gossip.Runtimes.Pods;

/// <summary>What a pod's containers find as the name of their machine.</summary>
static class PodHostname
{
    /// <summary>The longest label of DNS; the kernel takes 64 characters.</summary>
    const int Longest = 63;

    /// <summary>The template's own, else the pod's name, cut where it is too long, so that it ends in a letter or a digit.</summary>
    public static string Of(PodLaunch launch)
    {
        var name = launch.Template.Hostname.Length > 0 ? launch.Template.Hostname : launch.Name;
        return name.Length <= Longest ? name : name[..Longest].TrimEnd('-', '.');
    }
}
