using FsCheck.Xunit;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests.Time;

public class EventQueueTests
{
    [Property]
    public bool Events_come_in_order_of_time_and_those_of_one_moment_as_they_were_added(byte[] times)
    {
        var queue = new EventQueue();
        for (var i = 0; i < times.Length; i++) queue.Add(times[i], new SimEvent { Node = i });
        var taken = new List<(long At, int Node)>();
        while (queue.Count > 0)
        {
            var what = queue.Take();
            taken.Add((queue.Now, what.Node));
        }
        var expected = times.Select((at, i) => (At: (long)at, Node: i)).OrderBy(item => item.At).ThenBy(item => item.Node);
        return taken.SequenceEqual(expected);
    }
}
