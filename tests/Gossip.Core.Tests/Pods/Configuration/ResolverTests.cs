using System.Collections.Immutable;
using System.Text;
using FsCheck.Xunit;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;

namespace Gossip.Core.Tests.Pods.Configuration;

public class ResolverTests
{
    readonly Catalog catalog = new();
    ulong seq;

    void Put(string kind, string name, params (string Path, string Json)[] cells)
    {
        var uid = new Uid(7, ++seq);
        var birth = new ObjectBirth(new ObjectName(kind, "shop", name), "v1").ToBytes();
        var all = cells.Select(cell => (cell.Path, Json: (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(cell.Json))).Append((Fields.Birth, birth))
            .OrderBy(cell => cell.Item1, StringComparer.Ordinal).Select(cell => new Cell(cell.Item1, uid.Birth, 1, new Stamp(seq), cell.Item2));
        catalog.Apply(new RowChange(uid, RowKind.Object, null, new Row(uid, RowKind.Object, [.. all])));
    }

    PodSurroundings Around(string spec, string metadata = "{}")
    {
        var template = PodTemplateReader.TryRead(Encoding.UTF8.GetBytes($$"""{"metadata":{{metadata}},"spec":{{spec}}}"""), out var problem);
        Assert.True(template is not null, problem.ToString());
        var launch = new PodLaunch(new PodRun(new PodId(new Uid(1, 1), 0, 0), Epoch.First), "web-0", "shop", "uid-1", "n1", template);
        return new PodSurroundings(launch, template, "10.0.0.1", Some.Room(4000, 4096, 10), new ConfigObjects(catalog));
    }

    string Environment(string container, out string problem)
    {
        var around = Around("""{"containers":[{"name":"web",""" + container + """},{"name":"other","resources":{"limits":{"cpu":"1500m"}}}]}""", """{"labels":{"app":"x"}}""");
        var resolved = EnvironmentResolver.Resolve(around, around.Template.Containers[0], "10.1.2.3", out problem);
        return string.Join(' ', resolved.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Fact]
    public void Variables_come_from_everywhere_in_order_and_may_refer_to_those_before()
    {
        Put("ConfigMap", "m", ("data.A", "\"1\""), ("data.B", "\"2\""), ("binaryData.C", "\"/w==\""));
        Put("Secret", "s", ("data.P", "\"c2VjcmV0\""), ("stringData.Q", "\"plain\""));
        var all = Environment("""
            "envFrom":[{"configMapRef":{"name":"m"}},{"prefix":"S_","secretRef":{"name":"s"}},{"configMapRef":{"name":"none","optional":true}}],
            "env":[{"name":"B","value":"over $(A) $(S_P) $$(A) $(LATER)"},{"name":"LATER","value":"x"},
             {"name":"NODE","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}},{"name":"HOST","valueFrom":{"fieldRef":{"fieldPath":"status.hostIP"}}},
             {"name":"APP","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['app']"}}},
             {"name":"KEY","valueFrom":{"secretKeyRef":{"name":"s","key":"Q"}}},{"name":"GONE","valueFrom":{"secretKeyRef":{"name":"s","key":"Z","optional":true}}},
             {"name":"CPU","valueFrom":{"resourceFieldRef":{"containerName":"other","resource":"limits.cpu"}}},
             {"name":"MEM","valueFrom":{"resourceFieldRef":{"resource":"limits.memory","divisor":"1Gi"}}}]
            """, out var problem);
        Assert.Equal("", problem);
        Assert.Equal("POD_IP=10.1.2.3 A=1 B=over 1 secret $(A) $(LATER) S_P=secret S_Q=plain LATER=x NODE=n1 HOST=10.0.0.1 APP=x KEY=plain CPU=2 MEM=4", all);
    }

    [Theory]
    [InlineData("""{"configMapKeyRef":{"name":"none","key":"a"}}""", "configmap \"none\" not found")]
    [InlineData("""{"secretKeyRef":{"name":"s","key":"none"}}""", "couldn't find key none in Secret shop/s")]
    [InlineData("""{"secretKeyRef":{"name":"s","key":"bytes"}}""", "key bytes in Secret shop/s is not text: mount it as a file")]
    [InlineData("""{"secretKeyRef":{"name":"s","key":"zero"}}""", "env 'X': the name or its value cannot be a variable")]
    public void What_is_missing_is_named_and_no_value_is(string from, string message)
    {
        Put("Secret", "s", ("data.bytes", "\"/w==\""), ("data.zero", "\"AHNlY3JldA==\""));
        Assert.Equal("", Environment("\"env\":[{\"name\":\"X\",\"valueFrom\":" + from + "}]", out var problem));
        Assert.Equal(message, problem);
    }

    ImmutableArray<VolumeFiles>? Resolve(string volume, out string problem) =>
        FilesResolver.Resolve(Around("""{"containers":[{"name":"web","resources":{"requests":{"cpu":"250m"}}}],"volumes":[{"name":"v",""" + volume + "}]}",
            """{"labels":{"b":"2","a":"say \"hi\""}}"""), out problem);

    static string Text(ImmutableArray<VolumeFiles>? volumes) => string.Join('|', volumes!.Value.SelectMany(volume => volume.Files)
        .Select(file => $"{file.Path} {Convert.ToString(file.Mode, 8)} {Encoding.UTF8.GetString(file.Content.Span)}"));

    [Fact]
    public void Files_are_projected_with_their_modes()
    {
        Put("ConfigMap", "m", ("data.a.b", "\"text\""), ("binaryData.c", "\"Yw==\""));
        Put("Secret", "s", ("data.k", "\"djE=\""), ("data.l", "\"djI=\""));
        var files = Resolve("""
            "projected":{"defaultMode":288,"sources":[{"configMap":{"name":"m"}},{"secret":{"name":"s","items":[{"key":"k","path":"deep/k","mode":256}]}},
             {"downwardAPI":{"items":[{"path":"labels","fieldRef":{"fieldPath":"metadata.labels"}},{"path":"cpu","resourceFieldRef":{"containerName":"web","resource":"requests.cpu","divisor":"1m"}}]}}]}
            """, out var problem);
        Assert.Equal("", problem);
        Assert.Equal("a.b 440 text|c 440 c|cpu 440 250|deep/k 400 v1|labels 440 a=\"say \\\"hi\\\"\"\nb=\"2\"", Text(files));
    }

    [Theory]
    [InlineData("\"configMap\":{\"name\":\"none\"}", "MountVolume.SetUp failed for volume \"v\" : configmap \"none\" not found")]
    [InlineData("\"secret\":{\"secretName\":\"s\",\"items\":[{\"key\":\"x\",\"path\":\"x\"}]}", "MountVolume.SetUp failed for volume \"v\" : secret \"s\" references non-existent secret key: x")]
    [InlineData("\"projected\":{\"sources\":[{\"secret\":{\"name\":\"s\"}},{\"secret\":{\"name\":\"s\",\"items\":[{\"key\":\"k\",\"path\":\"k/below\"}]}}]}", "volume \"v\" would have k as a file and as a folder")]
    [InlineData("\"secret\":{\"secretName\":\"evil\"}", "volume \"v\" cannot have a file of the name \"../out\"")]
    public void A_volume_that_cannot_be_is_named(string volume, string message)
    {
        Put("Secret", "s", ("data.k", "\"djE=\""));
        Put("Secret", "evil", ("data.../out", "\"djE=\""));
        Assert.Null(Resolve(volume, out var problem));
        Assert.Equal(message, problem);
    }

    [Fact]
    public void What_is_optional_may_be_missing()
    {
        Put("Secret", "s", ("data.k", "\"djE=\""));
        Assert.Equal("", Text(Resolve("\"configMap\":{\"name\":\"none\",\"optional\":true}", out _)));
        Assert.Equal("", Text(Resolve("\"secret\":{\"secretName\":\"s\",\"optional\":true,\"items\":[{\"key\":\"x\",\"path\":\"x\"}]}", out _)));
    }

    [Fact]
    public void The_files_of_a_pod_are_bounded_together()
    {
        Put("ConfigMap", "m", ("data.a", $"\"{new string('x', 1_000_000)}\""));
        var sources = string.Join(',', Enumerable.Range(0, 9).Select(i => $$$"""{"configMap":{"name":"m","items":[{"key":"a","path":"f{{{i}}}"}]}}"""));
        Assert.Null(Resolve("\"projected\":{\"sources\":[" + sources + "]}", out var problem));
        Assert.Contains("more than 8388608 bytes", problem);
    }

    [Fact]
    public void Credentials_are_read_in_every_form_that_people_write()
    {
        const string Config = """{"auths":{"https://index.docker.io/v1/":{"auth":"dXNlcjpwOnc="},"registry.example:5000":{"username":"u","password":"p"},"empty":{},"broken":7}}""";
        Put("Secret", "pull", ("data..dockerconfigjson", $"\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(Config))}\""));
        Put("Secret", "bad", ("data..dockerconfigjson", "\"bm8ganNvbg==\""));
        var read = CredentialReader.Read(Around("""{"containers":[{"name":"a"}],"imagePullSecrets":[{"name":"none"},{"name":"bad"},{"name":"pull"}]}"""));
        Assert.Equal([new RegistryCredential("docker.io", "user", "p:w"), new RegistryCredential("registry.example:5000", "u", "p")], read);
        Assert.DoesNotContain("p:w", read[0].ToString());
    }

    /// <summary>Cells come in by merging, in any order and from anybody.</summary>
    [Property]
    public void Whatever_the_objects_hold_resolving_never_throws_and_is_the_same_twice(string[] keys, string[] values)
    {
        var cells = keys.Zip(values).Select(pair => ((seq % 2 == 0 ? "data." : "binaryData.") + pair.First, pair.Second ?? "")).DistinctBy(cell => cell.Item1).ToArray();
        Put("ConfigMap", "m", cells);
        Put("Secret", "s", cells);
        const string Spec = """{"containers":[{"name":"a","envFrom":[{"configMapRef":{"name":"m"}},{"secretRef":{"name":"s"}}]}],"volumes":[{"name":"v","projected":{"sources":[{"configMap":{"name":"m"}},{"secret":{"name":"s"}}]}}]}""";
        var around = Around(Spec);
        var (one, other) = (FilesResolver.Resolve(around, out var why), FilesResolver.Resolve(Around(Spec), out var again));
        Assert.Equal(why, again);
        Assert.Equal(one is null, why.Length > 0);
        if (one is { } files) Assert.Equal(FilesResolver.Hash(files), FilesResolver.Hash(other!.Value));
        var environment = EnvironmentResolver.Resolve(around, around.Template.Containers[0], "", out var problem);
        Assert.Equal(environment.IsEmpty, problem.Length > 0);
    }
}
