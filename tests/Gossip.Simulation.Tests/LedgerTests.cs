using Gossip.Simulation.Scenarios;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>The law that users keep what was acknowledged, with its value; and that a loss, planted here, is told.</summary>
public class LedgerTests
{
    const string Path = "data.a";

    /// <summary>Three nodes with one object that all of them have.</summary>
    static Cluster WithObject()
    {
        var cluster = Cluster.Of(3).Seed(5).Pods(3).ExpectOneOwnerPerPod();
        cluster.Ledger.Create(cluster.World.Nodes[0]);
        return cluster.For(2.Seconds()).ExpectValues();
    }

    /// <summary>The second node is alone when it acknowledges something; then its disk is wiped, or only its process dies.</summary>
    static Cluster AloneDoes(Action<Cluster> what, Action<Cluster> then)
    {
        var cluster = WithObject().Partition(1..2);
        what(cluster);
        cluster.For(1.Seconds()).LoseMachine(1);
        then(cluster);
        return cluster.Heal().Restart(1);
    }

    public static TheoryData<string> Writes => ["create", "edit", "delete"];

    static void Do(Cluster cluster, string write)
    {
        var (ledger, node) = (cluster.Ledger, cluster.World.Nodes[1]);
        switch (write)
        {
            case "create": ledger.Create(node); break;
            case "edit": ledger.Edit(node, 0, Path); break;
            default: ledger.Delete(node, 0); break;
        }
    }

    [Theory, MemberData(nameof(Writes))]
    public void A_loss_that_nothing_excuses_is_told(string write)
    {
        var cluster = AloneDoes(c => Do(c, write), c => c.World.Nodes[1].Store.Wipe());
        var failed = Assert.Throws<ScenarioFailed>(() => cluster.ExpectValues());
        Assert.Equal(Ledger.Rule, Assert.Single(failed.Violations).Rule);
    }

    [Theory, MemberData(nameof(Writes))]
    public void A_lost_disk_excuses_it(string write) => AloneDoes(c => Do(c, write), c => c.World.Nodes[1].LoseDisk()).ExpectValues();

    [Theory, MemberData(nameof(Writes))]
    public void A_lost_machine_does_not_and_loses_nothing(string write) => AloneDoes(c => Do(c, write), _ => { }).ExpectValues();

    [Fact]
    public void Of_writes_that_did_not_see_each_other_either_may_win_whatever_the_clocks_say()
    {
        var cluster = WithObject().StepWallClock(2, TimeSpan.FromDays(-3650)).Partition(1..2);
        foreach (var node in cluster.World.Nodes[1..]) cluster.Ledger.Edit(node, 0, Path);
        cluster.For(1.Seconds()).Heal().ExpectValues();
        cluster.Ledger.Edit(cluster.World.Nodes[2], 0, Path); // saw the winner: now this one counts, though its clock is behind
        cluster.For(2.Seconds()).ExpectValues();
    }
}
