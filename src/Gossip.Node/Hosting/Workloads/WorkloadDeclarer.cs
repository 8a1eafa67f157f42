using System.Threading.Channels;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Node.Loop;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Workloads;

/// <summary>
/// Makes the cluster's Deployments what the host apps' code says, the last deployed first (docs/embedding.md). A missing one is made by
/// the host of least id that has the name, so that a cluster that starts at once makes one and not one a host. One of an earlier
/// declaration is replaced by any later host. One that no host has the name of any more is retired by the host of least id.
/// </summary>
sealed partial class WorkloadDeclarer
{
    /// <summary>How long a host that was given seeds looks for them before it takes itself for the first.</summary>
    static readonly TimeSpan Alone = TimeSpan.FromSeconds(5);

    /// <summary>Hosts that start together are together by then: the first auction is to find them all.</summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks once everything is declared.</summary>
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    readonly NodeLoop loop;
    readonly WorkloadSet workloads;
    readonly ILogger logger;
    readonly NodeId self;
    readonly bool hasSeeds;
    readonly TimeSpan retireAfter;
    readonly DeclarationStamp started;
    readonly List<Declaration> declarations;
    readonly Dictionary<string, DeclarationStamp> stamps = new(StringComparer.Ordinal); // of this host, decided at first sight
    readonly Dictionary<string, string> said = new(StringComparer.Ordinal);
    readonly Dictionary<Uid, Instant> unhad = []; // declared by hosts, and no host has the name since
    readonly Instant begun = Clocks.Read().Monotonic;
    (int Hosts, Instant Since) seen;

    public WorkloadDeclarer(NodeLoop loop, GossipOptions options, WorkloadSet workloads, NodeId self, ILogger logger)
    {
        (this.loop, this.workloads, this.self, this.logger) = (loop, workloads, self, logger);
        hasSeeds = options.Seeds.Count > 0;
        retireAfter = 30 * options.Timings.JoinRetry; // half a minute by default: a host that restarts is back by then
        started = new DeclarationStamp(options.Deployment, Clocks.Read().Wall.UnixMilliseconds);
        declarations = [.. workloads.All.Select(workload => new Declaration(workload))];
    }

    /// <summary>Until the node stops. A fault is logged and looked past: the next look may do better.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        for (var version = 0UL; !cancel.IsCancellationRequested;)
            try
            {
                var isDone = declarations.All(declaration => stamps.ContainsKey(declaration.Name));
                var view = await NextAsync(version, isDone, cancel).ConfigureAwait(false);
                version = view.Version;
                foreach (var declaration in declarations)
                    if (Find(view, declaration.Name) is { } held)
                        workloads.Wanted(declaration.Name, WorkloadSpec.ReadReplicas(held[Fields.Replicas] ?? default));
                if (!loop.IsSynced || !HasSettled(view)) continue;
                foreach (var declaration in declarations) await DeclareAsync(declaration, view, cancel).ConfigureAwait(false);
                await RetireAsync(view, cancel).ConfigureAwait(false);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ChannelClosedException)
            {
                return;
            }
            catch (Exception bug)
            {
                CannotDeclare(bug);
                await Task.Delay(LookAgain, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    /// <summary>A newer view, or after a while the same: being synced, or alone, shows in none.</summary>
    async Task<ClusterView> NextAsync(ulong version, bool isDone, CancellationToken cancel)
    {
        if (isDone) await Task.Delay(LookAgain, cancel).ConfigureAwait(false);
        else
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(Settled / 4);
            try
            {
                return await loop.ChangesSinceAsync(version, patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
            }
        }
        return await loop.AskAsync(Look.Around, cancel).ConfigureAwait(false) is Seen now ? now.View : throw new ChannelClosedException();
    }

    /// <summary>No host came or went for a moment. One alone that has seeds gives them longer.</summary>
    bool HasSettled(ClusterView view)
    {
        var now = Clocks.Read().Monotonic;
        var hosts = view.Nodes.Count(node => node.Member.IsLive);
        if (hosts != seen.Hosts) seen = (hosts, now);
        return hosts > 1 ? now - seen.Since >= Settled : !hasSeeds || now - begun >= Alone;
    }

    async Task DeclareAsync(Declaration declaration, ClusterView view, CancellationToken cancel)
    {
        var held = Find(view, declaration.Name);
        if (held is null)
        {
            stamps.TryAdd(declaration.Name, started);
            if (FirstWith(view, $"{RuntimeNames.InProcess}/{declaration.Name}") != self) return;
            var created = await loop.AskAsync(
                new CreateObject(Declaration.NameOf(declaration.Name), "apps/v1", declaration.ToFields(stamps[declaration.Name])), cancel)
                    .ConfigureAwait(false);
            if (created is Refused { Because: not RefusedBecause.AlreadyExists } refused) Refused(declaration.Name, refused.Message);
            else if (created is ObjectStored) Declared(declaration.Name, declaration.Workload.Copies);
            return;
        }
        if (held.Deleting) return; // it is made anew once it is gone
        if (Declaration.Read(held) is not { } found)
        {
            stamps.TryAdd(declaration.Name, started);
            Say(declaration.Name, "foreign", () => Foreign(declaration.Name));
            return;
        }
        if (!stamps.TryGetValue(declaration.Name, out var mine))
            stamps.Add(declaration.Name, mine = found.Text == declaration.Text ? started : started.After(found.Stamp));
        if (found.Text == declaration.Text) said.Remove(declaration.Name);
        else if (mine < found.Stamp) Say(declaration.Name, found.Text, () => Superseded(declaration.Name, declaration.Text, found.Text));
        else if (mine > found.Stamp)
        {
            var replaced = await loop.AskAsync(new ReplaceObject(held.Name, held.Version, declaration.ToFields(mine, held)), cancel)
                .ConfigureAwait(false);
            if (replaced is ObjectStored) Replaced(declaration.Name, found.Text, declaration.Text);
            // those are looked at again
            else if (replaced is Refused { Because: not (RefusedBecause.Conflict or RefusedBecause.NotFound) } refused)
                Refused(declaration.Name, refused.Message);
        }
    }

    /// <summary>
    /// Deletes what hosts declared once no member that has not left has the name. A dead one still counts: it may be behind a partition.
    /// </summary>
    async Task RetireAsync(ClusterView view, CancellationToken cancel)
    {
        var now = Clocks.Read().Monotonic;
        foreach (var held in view.Objects)
        {
            if (held.Name is not { Kind: Declaration.Kind, Namespace: Declaration.Namespace } || held.Deleting
                || Declaration.Read(held) is null)
                continue;
            var runtime = $"{RuntimeNames.InProcess}/{held.Name.Name}";
            if (view.Nodes.Any(node =>
                node.Member.State != MemberState.Left && node.Member.Card.Runtimes.Contains(runtime, StringComparer.Ordinal)))
            {
                unhad.Remove(held.Uid);
                continue;
            }
            if (!unhad.TryAdd(held.Uid, now) && now - unhad[held.Uid] >= retireAfter && FirstWith(view, RuntimeNames.InProcess) == self
                && await loop.AskAsync(new DeleteObject(held.Name, null), cancel).ConfigureAwait(false) is Deleted)
            {
                unhad.Remove(held.Uid);
                Retired(held.Name.Name);
            }
        }
    }

    static ObjectView? Find(ClusterView view, string workload)
    {
        var name = Declaration.NameOf(workload);
        foreach (var held in view.Objects)
            if (held.Name == name && !held.NameConflict) return held;
        return null;
    }

    /// <summary>The live node of least id with a runtime.</summary>
    static NodeId FirstWith(ClusterView view, string runtime)
    {
        var first = new NodeId(ulong.MaxValue);
        foreach (var node in view.Nodes)
            if (node.Member.IsLive && node.Member.Id.CompareTo(first) < 0
                && node.Member.Card.Runtimes.Contains(runtime, StringComparer.Ordinal))
                first = node.Member.Id;
        return first;
    }

    /// <summary>Once as long as it is the same.</summary>
    void Say(string workload, string what, Action say)
    {
        if (said.TryGetValue(workload, out var before) && before == what) return;
        said[workload] = what;
        say();
    }

    [LoggerMessage(40, LogLevel.Information, "workload {Workload}: declared, {Copies} copies")]
    partial void Declared(string workload, int copies);

    [LoggerMessage(
        41, LogLevel.Information,
            "workload {Workload}: this host was deployed last, so its declaration takes the place of the one before: "
        + "{Before} becomes {After}")]
    partial void Replaced(string workload, string before, string after);

    [LoggerMessage(
        42, LogLevel.Warning, "workload {Workload}: this host declares {Own}, but a later deployment declared {Later}, which counts")]
    partial void Superseded(string workload, string own, string later);

    [LoggerMessage(
        43, LogLevel.Warning,
            "workload {Workload}: the cluster has a Deployment of this name that no host app declared; it is left as it is, and counts. "
        + "Delete it, or register the workload by another name")]
    partial void Foreign(string workload);

    [LoggerMessage(44, LogLevel.Information, "workload {Workload}: no host has it any more, so it is retired")]
    partial void Retired(string workload);

    [LoggerMessage(45, LogLevel.Error, "workload {Workload}: its declaration was refused: {Why}")]
    partial void Refused(string workload, string why);

    [LoggerMessage(46, LogLevel.Error, "a look at the declared workloads failed; the next follows")]
    partial void CannotDeclare(Exception fault);
}
