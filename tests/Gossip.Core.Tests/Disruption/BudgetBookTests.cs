using System.Text;
using FsCheck.Xunit;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Tables;
using static Gossip.Core.Tests.Tables.TestCluster;

namespace Gossip.Core.Tests.Disruption;

public class BudgetBookTests
{
    readonly TestCluster cluster = new();

    static ObjectName Name(string name) => new(PodDisruptionBudgetKind.Kind, "default", name);

    void Budget(string name, params ObjectField[] fields) =>
        cluster.Create(Name(name), [.. fields, Field("spec.selector", """{"matchLabels":{"app":"hello"}}""")]);

    Budget Held => Assert.Single(cluster.Budgets.All);

    DisruptionVerdict Judge(int slot = 0) => cluster.Budgets.Judge(cluster.Wanted[slot]);

    /// <summary>Kubernetes' documentation and its disruption controller's own table: percentages are rounded up, both ways.</summary>
    [Theory]
    [InlineData("minAvailable", "3", 5, 3, 2)]
    [InlineData("minAvailable", "5", 5, 5, 0)]
    [InlineData("minAvailable", "9", 5, 9, 0)]
    [InlineData("minAvailable", "0", 5, 0, 5)]
    [InlineData("minAvailable", "\"50%\"", 7, 4, 3)]
    [InlineData("minAvailable", "\"100%\"", 7, 7, 0)]
    [InlineData("maxUnavailable", "1", 5, 4, 1)]
    [InlineData("maxUnavailable", "0", 5, 5, 0)]
    [InlineData("maxUnavailable", "9", 5, 0, 5)]
    [InlineData("maxUnavailable", "\"30%\"", 7, 4, 3)]
    [InlineData("maxUnavailable", "\"50%\"", 7, 3, 4)]
    public void A_share_is_a_number_of_pods_or_a_percentage_rounded_up(string field, string share, int pods, int desired, int allowed)
    {
        cluster.Create("hello", pods);
        foreach (var slot in cluster.Wanted) cluster.Admit(slot, "n1");
        Budget("hello", Field($"spec.{field}", share));
        Assert.Equal(new BudgetStatus(pods, desired, pods), Held.Status);
        Assert.Equal(allowed, Held.Status.DisruptionsAllowed);
        Assert.Equal(allowed > 0, Judge().IsAllowed);
    }

    [Theory]
    [InlineData("\"abc\"")]
    [InlineData("\"101%\"")]
    [InlineData("\"-1%\"")]
    [InlineData("\"50\"")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("99999999999")]
    public void What_is_no_share_is_told_and_forbids_everything(string share)
    {
        Assert.Null(Share.TryRead(Encoding.UTF8.GetBytes(share)));
        if (share.Length == 0) return;
        cluster.Create("hello", 2);
        foreach (var slot in cluster.Wanted) cluster.Admit(slot, "n1");
        Budget("hello", Field("spec.maxUnavailable", share));
        Assert.Equal(DisruptionAnswer.Forbidden, Judge().Answer);
        Assert.Contains("spec.maxUnavailable", Judge().Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Healthy_is_what_stands_ready_on_a_live_node()
    {
        cluster.Create("hello", 5);
        Budget("hello", Field("spec.minAvailable", "2"));
        Assert.Equal(new BudgetStatus(0, 2, 5), Held.Status);
        cluster.Admit(cluster.Wanted[0], "n0");
        cluster.Admit(cluster.Wanted[1], "n1");
        cluster.Admit(cluster.Wanted[2], "n1", ready: false);
        cluster.Admit(cluster.Wanted[3], "n2", status: status => status with { Draining = true });
        Assert.Equal(new BudgetStatus(2, 2, 5), Held.Status);
        cluster.Member("n1", MemberState.Dead);
        Assert.Equal(1, Held.Status.CurrentHealthy);
        cluster.Member("n1", MemberState.Alive);
        Assert.Equal(2, Held.Status.CurrentHealthy);
    }

    [Fact]
    public void A_pod_on_its_way_out_is_disrupted_before_anything_of_it_has_ended()
    {
        cluster.Create("hello", 3);
        foreach (var slot in cluster.Wanted) cluster.Admit(slot, "n1");
        Budget("hello", Field("spec.maxUnavailable", "1"));
        Assert.True(Judge().IsAllowed);
        cluster.Do(new DeleteObject(new ObjectName("Pod", "default", cluster.Wanted[0].Name), null));
        Assert.Equal(new BudgetStatus(2, 2, 3), Held.Status);
        Assert.Equal("The disruption budget hello needs 2 healthy pods and has 2 currently", Judge(1).Why);
        Assert.True(Judge(0).IsAllowed, "it is going already");
        cluster.Admit(cluster.Wanted[0], "n2");
        Assert.True(Judge(1).IsAllowed);
    }

    [Fact]
    public void What_has_not_run_yet_may_always_go()
    {
        cluster.Create("hello", 2);
        Budget("hello", Field("spec.minAvailable", "2"));
        cluster.Admit(cluster.Wanted[0], "n1", ready: false, status => status with { Phase = PodPhase.Pending });
        Assert.True(Judge(0).IsAllowed);
        Assert.True(Judge(1).IsAllowed);
    }

    /// <summary>Kubernetes: an unready pod may go while the budget is met by the others, unless the policy always lets it go.</summary>
    [Theory]
    [InlineData("2", null, true)]
    [InlineData("3", null, false)]
    [InlineData("3", "IfHealthyBudget", false)]
    [InlineData("3", "AlwaysAllow", true)]
    public void An_unready_pod_may_go_when_the_policy_says_so(string min, string? policy, bool allowed)
    {
        cluster.Create("hello", 3);
        cluster.Admit(cluster.Wanted[0], "n0");
        cluster.Admit(cluster.Wanted[1], "n1");
        cluster.Admit(cluster.Wanted[2], "n2", ready: false);
        Budget("hello", [Field("spec.minAvailable", min), .. policy is null ? Array.Empty<ObjectField>() : [Field("spec.unhealthyPodEvictionPolicy", $"\"{policy}\"")]]);
        Assert.Equal(allowed, Judge(2).IsAllowed);
        Assert.False(Judge(2).Counts);
    }

    [Fact]
    public void Budgets_speak_of_the_pods_of_their_namespace_that_they_select()
    {
        cluster.Create("hello", 1);
        cluster.Admit(cluster.Wanted[0], "n0");
        cluster.Create(
            new ObjectName(PodDisruptionBudgetKind.Kind, "other", "b"), Field("spec.minAvailable", "1"), Field("spec.selector", "{}"));
        cluster.Create(Name("none"), Field("spec.minAvailable", "1"));
        cluster.Create(Name("tier"), Field("spec.minAvailable", "1"), Field("spec.selector", """{"matchExpressions":[{"key":"app","operator":"NotIn","values":["hello"]}]}"""));
        Assert.True(Judge().IsAllowed);
        Assert.Null(Judge().Budget);
        cluster.Create(Name("all"), Field("spec.minAvailable", "1"), Field("spec.selector", "{}"));
        Assert.Equal("all", Judge().Budget!.Name.Name);
        Assert.False(Judge().IsAllowed);
        cluster.Do(new DeleteObject(Name("all"), null));
        Assert.True(Judge().IsAllowed);
    }

    [Fact]
    public void Of_a_pod_with_two_budgets_nobody_can_say_which_counts()
    {
        cluster.Create("hello", 3);
        foreach (var slot in cluster.Wanted) cluster.Admit(slot, "n1");
        Budget("a", Field("spec.minAvailable", "1"));
        Budget("b", Field("spec.minAvailable", "1"));
        Assert.Equal(DisruptionAnswer.Ambiguous, Judge().Answer);
        Assert.Contains("more than one PodDisruptionBudget", Judge().Why, StringComparison.Ordinal);
    }

    /// <summary>The counts are moved, never made anew: whatever happened, they are what a count of all pods gives.</summary>
    [Property(MaxTest = 60)]
    public void Counts_are_those_of_all_pods(byte[] moves)
    {
        var admitted = new List<Uid>();
        foreach (var move in moves.Take(24))
            switch (move % 8)
            {
                case 0: cluster.Do(new CreateObject(Deployment("hello"), "v1", [.. Fields(move / 32)])); break;
                case 1: cluster.Scale("hello", move / 32); break;
                case 2: cluster.Do(new CreateObject(Name($"b{move / 128}"), "policy/v1", [Field("spec.minAvailable", "\"50%\""), Field("spec.selector", move % 16 < 8 ? "{}" : """{"matchLabels":{"app":"hello"}}""")])); break;
                case 3: cluster.Do(new DeleteObject(Name($"b{move / 128}"), null)); break;
                case 4 or 5 when cluster.Wanted is { Length: > 0 } wanted: admitted.Add(cluster.Admit(wanted[move / 8 % wanted.Length], $"n{move % 3}", ready: move > 40)); break;
                case 6: cluster.Member($"n{move / 8 % 3}", move > 128 ? MemberState.Dead : MemberState.Alive); break;
                case 7 when admitted.Count > 0 && cluster.Tables.Find(admitted[^1]) is not null: cluster.Withdraw(admitted[^1]); break;
            }
        foreach (var budget in cluster.Budgets.All)
        {
            var pods = cluster.Wanted.Where(slot => budget.Says.Selector!.Matches(slot.Template.Labels)).ToArray();
            var healthy = pods.Count(slot => PodJudge.First(slot, cluster.Members) is { Status.Ready: true });
            Assert.Equal(new BudgetStatus(healthy, budget.Says.DesiredHealthy(pods.Length), pods.Length), budget.Status);
        }
    }
}
