using System.Diagnostics;

namespace Gossip.Bench.Placement;

/// <summary>What this process has had of a core, its collector's and compiler's threads included: neighbours on the machine do not count.</summary>
static class CoreTime
{
    public static TimeSpan Now
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return self.TotalProcessorTime;
        }
    }
}
