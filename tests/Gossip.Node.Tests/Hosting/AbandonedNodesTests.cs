using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Tests.Runtimes;

namespace Gossip.Node.Tests.Hosting;

/// <summary>What a node that starts does with the pods and folders of nodes that were killed.</summary>
public sealed class AbandonedNodesTests : IDisposable
{
    readonly DirectoryInfo above = Directory.CreateTempSubdirectory("gossip-abandoned-");
    readonly List<NodeNote> notes = [];
    readonly List<(string Folder, NodeId Node)> asked = [];
    readonly ScriptedRuntime runtime = new();

    string Parent => Path.Combine(above.FullName, "gossip-of-user");

    public void Dispose() => above.Delete(recursive: true);

    Task EndAsync(params IReadOnlyList<IPodRuntime> runtimes) => new AbandonedNodes(
        (folder, node) =>
        {
            asked.Add((folder, node));
            return runtimes;
        }, notes.Add).EndAsync(Parent, TestContext.Current.CancellationToken);

    /// <summary>A folder with a pod in it, whose node is gone.</summary>
    string Leave(string node)
    {
        var folder = TemporaryFolder.Create(Parent, node);
        var pod = Directory.CreateDirectory(Path.Combine(folder.Path, "pods", "run")).FullName;
        File.WriteAllText(Path.Combine(pod, "pod.json"), "{}");
        folder.Dispose();
        return folder.Path;
    }

    static SurvivingPod Survivor(int ordinal)
    {
        var run = new PodRun(new PodId(new Uid(1, 1), ordinal, 7), Epoch.First);
        var template = new PodTemplate(
            1, Labels.Empty, Labels.Empty, [], Resources.Zero, Labels.Empty, [], [], "", "",
            Gossip.Core.Templates.PodRestartPolicy.Always, TimeSpan.Zero, null);
        return new SurvivingPod("scripted", new PodLaunch(run, $"pod-{ordinal}", "default", "uid", "dead", template), "10.0.0.1", []);
    }

    [Fact]
    public async Task Its_runtimes_adopt_and_stop_every_pod_in_the_name_of_the_dead_node()
    {
        var folder = Leave("dead");
        runtime.Survivors = [Survivor(0), Survivor(1)];
        runtime.MayAdopt.SetResult();
        File.Delete(Path.Combine(folder, "pods", "run", "pod.json")); // as the runtime does with a pod's folder when it stops it
        await EndAsync(runtime);

        Assert.Equal([(folder, NodeId.Of("dead"))], asked);
        Assert.Equal(["stop 0", "stop 1"], runtime.Begun.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Parent));
        var note = Assert.Single(notes);
        Assert.Equal((NoteLevel.Information, "AbandonedNodeEnded", "dead"), (note.Level, note.Event, note.Subject));
        Assert.Contains("2 pods", note.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_whose_node_lives_is_not_even_looked_into()
    {
        using var living = TemporaryFolder.Create(Parent, "living");
        runtime.MayAdopt.SetResult();
        await EndAsync(runtime);
        Assert.Empty(asked);
        Assert.Empty(notes);
        Assert.True(Directory.Exists(living.Path));
    }

    [Fact]
    public async Task Pods_of_a_runtime_that_this_node_lacks_stay_for_one_that_has_it()
    {
        var folder = Leave("dead");
        runtime.MayAdopt.SetResult();
        await EndAsync(runtime);
        Assert.True(Directory.Exists(folder));
        Assert.Equal("AbandonedNodeRemains", Assert.Single(notes).Event);

        Assert.Equal("dead", Assert.Single(TemporaryFolder.TakeAbandoned(Parent)).Node); // the lock is free again
    }

    [Fact]
    public async Task A_runtime_that_fails_keeps_no_node_from_starting()
    {
        var folder = Leave("dead");
        runtime.MayAdopt.SetException(new InvalidDataException("broken on purpose"));
        await EndAsync(runtime);
        Assert.True(Directory.Exists(folder));
        Assert.Contains("broken on purpose", Assert.Single(notes).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_ended_does_not_keep_the_others()
    {
        var (bad, good) = (Leave("bad"), Leave("good"));
        File.Delete(Path.Combine(good, "pods", "run", "pod.json"));
        await EndAsync();
        Assert.True(Directory.Exists(bad));
        Assert.False(Directory.Exists(good));
        Assert.Equal(
            ["AbandonedNodeEnded good", "AbandonedNodeRemains bad"],
            notes.Select(note => $"{note.Event} {note.Subject}").Order(StringComparer.Ordinal));
    }
}
