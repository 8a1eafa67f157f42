using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>What somebody is looked for to take.</summary>
/// <param name="Width">How many are to be asked, as far as so many look feasible.</param>
readonly record struct Search(PodTemplate Template, PodRun Run, int Width)
{
    /// <summary>What rules between pods see.</summary>
    public Surroundings Around { get; init; }

    /// <summary>
    /// The pod has had a round before: where nothing looks feasible, a few are asked anyway. In its first round what they tell by gossip
    /// will do.
    /// </summary>
    public bool IsRepeated { get; init; }

    /// <summary>Who has the fewest of its kind wins, so that those are to be asked.</summary>
    public bool SpreadsFirst { get; init; }

    /// <summary>For several pods, each of which is to have another of those asked.</summary>
    public bool IsBatch { get; init; }
}

/// <summary>
/// Whom to ask: the first so many distinct nodes that look feasible, at the ring's successors of hash(pod, epoch, i). A few
/// random choices place nearly as well as all (Mitzenmacher, "The power of two choices", 2001), and stale views hurt less.
/// Where pods ask for devices it matters more who is asked, and the good places are few: more nodes are looked at, whether
/// they look feasible or not, and only those are asked that score best by hearsay. So the choice is wide while there is
/// room everywhere, and narrow when all run for the last places, which spares refusals.
/// </summary>
/// <param name="rules">By which this node guesses what the others would bid.</param>
sealed class Candidates(IMemberList members, Hearsay hearsay, SchedulingRules rules)
{
    /// <summary>
    /// Asked although nothing looks feasible, so that a pending pod has reasons with real numbers, and stale news does not keep it out.
    /// </summary>
    const int AskedAnyway = 4;

    /// <summary>Of a width, where candidates are ranked before they are asked.</summary>
    const int LookedAt = 2;

    /// <summary>
    /// For a batch, of its width: of its bids a third win, not one of a dozen, so that the choice is to be made before. At 1,000 nodes
    /// of 160 looked at 40 are asked, for 16 pods: places differ less than if each pod had asked 10, and it costs a look each.
    /// </summary>
    const int LookedAtForBatch = 4;

    /// <summary>
    /// Of a width that doubles with each empty round: where few nodes have pods of lower priority, all are looked at in the end.
    /// </summary>
    const int LookedAtToEvict = 8;

    /// <summary>Templates of which is known that no node has room for them: more kinds seldom wait at once.</summary>
    const int CrowdedOutMost = 64;

    readonly List<NodeRefusal> unasked = [];
    readonly List<(Member Member, int Score, int SpreadCount)> ranked = []; // many more are looked at than asked
    readonly List<PodTemplate> crowdedOut = []; // those that no live node had room for when all were looked at, and none since
    ulong[] visits = [];
    ulong visit;

    /// <summary>max(4, ceil(log2 n)), doubled with each empty round, up to n.</summary>
    public static int Width(int live, int emptyRounds)
    {
        var least = Math.Max(4, live <= 1 ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)live - 1));
        return (int)Math.Min(live, (long)least << Math.Min(emptyRounds, 31));
    }

    /// <summary>
    /// A node may take more than before, and so what had no room anywhere. Until then one look at all nodes is enough for every round.
    /// </summary>
    public void OnRoom(Member member)
    {
        for (var at = crowdedOut.Count - 1; at >= 0; at--)
            if (Hearsay.MayHaveRoom(member, crowdedOut[at])) crowdedOut.RemoveAt(at);
    }

    /// <summary>Nobody listens for room any more.</summary>
    public void Forget() => crowdedOut.Clear();

    /// <param name="whyNot">Why a node is not to be asked whatever it says of itself; null where it may be.</param>
    /// <returns>Whether those chosen look feasible; else they are asked anyway, or nobody is.</returns>
    public bool Choose(in Search search, List<Candidate> chosen, List<NodeRefusal> passedOver, Func<NodeId, string?>? whyNot = null)
    {
        var (template, run, width) = search;
        var around = search.Around;
        var live = members.Live;
        if (visits.Length < live.Length) Array.Resize(ref visits, live.Length * 2);
        visit++;
        var seed = StableHash.Mix(run.Pod.Hash(), run.Epoch.Value);
        var at = 0;
        var seen = 0;
        var placement = hearsay.Placement;
        var spreadsFirst = search.SpreadsFirst;
        var isRanked = placement.RanksCandidates || search.IsBatch || spreadsFirst;
        var looks = (search.IsBatch || spreadsFirst ? LookedAtForBatch : LookedAt) * width;
        var asked = placement.Asked(width, live.Length);
        var hasRoom = false;
        var isCrowdedOut = IsCrowdedOut(template);
        for (var i = 0; seen < live.Length && (ranked.Count < asked || isRanked && seen < looks); i++)
        {
            if (!Visit(ref at, i, seed, width)) continue;
            seen++;
            var member = live[at];
            if (whyNot?.Invoke(member.Id) is { } why)
            {
                unasked.Add(new NodeRefusal(member.Id, why));
                continue;
            }
            // Beyond that no words are needed: those asked are told first.
            var isTold = passedOver.Count + ranked.Count < RoundSummary.AnswersMax;
            if (!isTold && isCrowdedOut) break;
            var mayHaveRoom = Hearsay.MayHaveRoom(member, template);
            hasRoom |= mayHaveRoom;
            if (!isTold && !mayHaveRoom) continue;
            var facts = hearsay.Of(member, around);
            if (!isTold)
            {
                if (Filtering.Passes(template, facts)) Add(member, facts);
                continue;
            }
            var verdict = Filtering.Check(template, facts);
            if (verdict.Passes) Add(member, facts);
            else passedOver.Add(new NodeRefusal(member.Id, verdict.Reason!));
        }
        if (!hasRoom && seen == live.Length && unasked.Count == 0 && crowdedOut.Count < CrowdedOutMost && !isCrowdedOut)
            crowdedOut.Add(template);
        TakeBest(run, asked, chosen);
        var isFeasible = chosen.Count > 0;
        var anyway = isFeasible || !search.IsRepeated ? 0 : Math.Min(AskedAnyway, passedOver.Count);
        for (var i = 0; i < anyway; i++)
            if (members.Find(passedOver[i].Node) is { } member) chosen.Add(new Candidate(member.Id, member.Address));
        passedOver.RemoveRange(0, anyway);
        passedOver.InsertRange(0, unasked);
        unasked.Clear();
        return isFeasible;

        void Add(Member member, in NodeFacts facts) =>
            ranked.Add((
                member, isRanked ? rules.Score(template, facts) : 0, spreadsFirst ? SpreadCount.Of(facts.Around.Rules, facts) : 0));
    }

    /// <summary>Of those that are ranked so many: with the fewest pods where that counts, then the greatest score.</summary>
    void TakeBest(PodRun run, int most, List<Candidate> chosen)
    {
        if (ranked.Count > most)
            ranked.Sort((a, b) => a.SpreadCount != b.SpreadCount
                ? a.SpreadCount.CompareTo(b.SpreadCount)
                : BidOrder.Compare(run, b.Member.Id, b.Score, a.Member.Id, a.Score));
        for (var i = 0; i < Math.Min(most, ranked.Count); i++)
            chosen.Add(new Candidate(ranked[i].Member.Id, ranked[i].Member.Address, ranked[i].Score));
        ranked.Clear();
    }

    bool IsCrowdedOut(PodTemplate template)
    {
        foreach (var known in crowdedOut)
            if (known.Hash == template.Hash) return true;
        return false;
    }

    /// <summary>
    /// Where nothing looks feasible: the first so many nodes on the same walk where the pod might fit if those of lower priority
    /// went, in place of those who would be asked anyway. At most <see cref="LookedAtToEvict"/> times as many are looked at.
    /// </summary>
    /// <returns>Whether there was any.</returns>
    public bool ChooseToEvict(
        Slot slot, PodRun run, int width, List<Candidate> chosen, List<NodeRefusal> passedOver, Func<NodeId, string?>? whyNot)
    {
        var live = members.Live;
        var around = default(Surroundings);
        visit++;
        var seed = StableHash.Mix(run.Pod.Hash(), run.Epoch.Value);
        var found = false;
        var most = Math.Min(live.Length, LookedAtToEvict * width);
        for (int i = 0, at = 0, seen = 0; seen < most && !(found && chosen.Count >= width); i++)
        {
            if (!Visit(ref at, i, seed, width)) continue;
            seen++;
            if (whyNot?.Invoke(live[at].Id) is not null) continue;
            if (!hearsay.MightFitByEvicting(slot, live[at], hearsay.Of(live[at], around))) continue;
            if (!found) chosen.Clear();
            found = true;
            chosen.Add(new Candidate(live[at].Id, live[at].Address));
            for (var told = passedOver.Count - 1; told >= 0; told--)
                if (passedOver[told].Node == live[at].Id) passedOver.RemoveAt(told);
        }
        return found;
    }

    /// <summary>
    /// Draws the next node of a walk, and after so many draws that most are repetitions takes the next on the ring.
    /// False: it has been there.
    /// </summary>
    bool Visit(ref int at, int draw, ulong seed, int width)
    {
        at = draw < 4 * width ? members.Successor(StableHash.Mix(seed, (ulong)draw)) : (at + 1) % members.Live.Length;
        if (visits[at] == visit) return false;
        visits[at] = visit;
        return true;
    }
}
