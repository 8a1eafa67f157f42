using System.Text;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

public class PodTemplatePartsTests
{
    const string Full = """
        {"metadata":{"labels":{"app":"shop"},"annotations":{"gossip.dev/depends-on":"svc/db, cache,svc/db","gossip.dev/on-dependency-loss":"restart","gossip.dev/pids-limit":"64"}},
         "spec":{"hostname":"shop","activeDeadlineSeconds":60,"imagePullSecrets":[{"name":"registry"}],
          "securityContext":{"runAsUser":1000,"runAsNonRoot":true,"fsGroup":2000,"supplementalGroups":[3000]},
          "initContainers":[
           {"name":"wait","image":"busybox:1","resources":{"requests":{"cpu":"300m"}}},
           {"name":"proxy","image":"proxy:1","restartPolicy":"Always","resources":{"requests":{"cpu":"100m"}},"startupProbe":{"tcpSocket":{"port":9000}}},
           {"name":"migrate","image":"shop:1","resources":{"requests":{"cpu":"900m","memory":"10Mi"}}}],
          "containers":[
           {"name":"web","image":"shop","resources":{"requests":{"cpu":"500m"},"limits":{"memory":"1Gi"}},"stdin":true,"tty":true,
            "ports":[{"name":"http","containerPort":8080}],
            "env":[{"name":"MEMORY","valueFrom":{"resourceFieldRef":{"resource":"limits.memory","divisor":"1Mi"}}},{"name":"ACCOUNT","valueFrom":{"fieldRef":{"fieldPath":"spec.serviceAccountName"}}},
                   {"name":"MODE","valueFrom":{"configMapKeyRef":{"name":"shop","key":"mode","optional":true}}}],
            "envFrom":[{"prefix":"DB_","secretRef":{"name":"db"}},{"configMapRef":{"name":"more","optional":true}}],
            "securityContext":{"runAsUser":7,"readOnlyRootFilesystem":true,"allowPrivilegeEscalation":false,"capabilities":{"add":["CAP_NET_ADMIN"],"drop":["all"]}},
            "volumeMounts":[{"name":"tmp","mountPath":"/tmp/"},{"name":"all","mountPath":"/etc/shop","subPath":"a/b","readOnly":true}],
            "livenessProbe":{"httpGet":{"port":"http","httpHeaders":[{"name":"X-A","value":"1"}]},"terminationGracePeriodSeconds":5},
            "readinessProbe":{"grpc":{"port":9090},"periodSeconds":3,"successThreshold":2,"failureThreshold":4,"timeoutSeconds":2,"initialDelaySeconds":1},
            "lifecycle":{"postStart":{"exec":{"command":["sh","-c","true"]}},"preStop":{"sleep":{"seconds":2}}}}],
          "volumes":[
           {"name":"tmp","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}},{"name":"host","hostPath":{"path":"/var/log","type":"Directory"}},{"name":"bare"},
           {"name":"all","projected":{"defaultMode":256,"sources":[{"configMap":{"name":"shop","items":[{"key":"a","path":"x/a","mode":384}]}},{"secret":{"name":"db","optional":true}},
             {"downwardAPI":{"items":[{"path":"labels","fieldRef":{"fieldPath":"metadata.labels"}},{"path":"cpu","resourceFieldRef":{"containerName":"web","resource":"requests.cpu","divisor":"1m"}}]}}]}}]}}
        """;

    static PodTemplate Read(string json)
    {
        var template = PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem);
        Assert.True(template is not null, problem.ToString());
        return template;
    }

    static PodTemplate ReadFull() => Read(Full);

    [Fact]
    public void Containers_have_their_roles_and_the_pod_asks_for_the_most_that_runs_at_once()
    {
        var template = ReadFull();
        Assert.Equal([("wait", ContainerRole.Init), ("proxy", ContainerRole.Sidecar), ("migrate", ContainerRole.Init), ("web", ContainerRole.Main)],
            template.AllContainers.Select(container => (container.Name, container.Role)));
        // While it migrates: 900m + the sidecar's 100m; running: 500m + 100m. Memory: the main container's limit.
        Assert.Equal(new Resources(new MilliCpu(1000), new Bytes(1L << 30), default, 1, []), template.Requests);
    }

    [Fact]
    public void An_init_container_before_a_sidecar_does_not_run_beside_it()
    {
        const string Two = """{"spec":{"initContainers":[{"name":"a","resources":{"requests":{"cpu":"2","x.y/z":3}}},{"name":"b","restartPolicy":"Always","resources":{"requests":{"cpu":"1","x.y/z":1}}}],"containers":[{"name":"c","resources":{"requests":{"cpu":"500m"}}}],"overhead":{"cpu":"10m"}}}""";
        Assert.Equal(new Resources(new MilliCpu(2010), default, default, 1, [new ExtendedResource("x.y/z", 3)]), Read(Two).Requests);
    }

    [Fact]
    public void Probes_and_hooks_have_Kubernetes_defaults_and_resolved_ports()
    {
        var web = ReadFull().Containers[0];
        var live = Assert.IsType<HttpGetAction>(web.Liveness!.Action);
        Assert.Equal((false, "", (ushort)8080, "/"), (live.Tls, live.Host, live.Port, live.Path));
        Assert.Equal([new HttpHeader("X-A", "1")], live.Headers);
        Assert.Equal(new Probe(live, TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 3, 1, TimeSpan.FromSeconds(5)), web.Liveness);
        Assert.Equal(new Probe(new GrpcAction(9090, ""), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), 4, 2, null), web.Readiness);
        Assert.Equal(["sh", "-c", "true"], Assert.IsType<ExecAction>(web.PostStart).Command);
        Assert.Equal(new SleepAction(TimeSpan.FromSeconds(2)), web.PreStop);
        Assert.Equal(new TcpSocketAction("", 9000), ReadFull().InitContainers[1].Startup!.Action);
    }

    [Fact]
    public void Volumes_are_read_with_their_sources()
    {
        var volumes = ReadFull().Volumes;
        Assert.Equal([new EmptyDirVolume("tmp", true, new Bytes(1 << 20)), new HostPathVolume("host", "/var/log", "Directory"), new EmptyDirVolume("bare", false, null)], volumes.Take(3));
        var all = Assert.IsType<FilesVolume>(volumes[3]);
        Assert.Equal((256, true), (all.Mode, all.InMemory));
        var config = Assert.IsType<ConfigSource>(all.Sources[0]);
        Assert.Equal(new ConfigRef(false, "shop", false), config.From);
        Assert.Equal([new ConfigItem("a", "x/a", 384)], config.Items);
        Assert.Equal(new ConfigRef(true, "db", true), Assert.IsType<ConfigSource>(all.Sources[1]).From);
        Assert.Equal(new FieldSource("labels", null, "metadata.labels", null), all.Sources[2]);
        Assert.Equal(new FieldSource("cpu", null, null, new ResourceField("web", "requests.cpu", 1)), all.Sources[3]);
    }

    [Fact]
    public void A_container_is_read_with_mounts_variables_and_rights()
    {
        var web = ReadFull().Containers[0];
        Assert.Equal([new VolumeMount("tmp", "/tmp", "", false), new VolumeMount("all", "/etc/shop", "a/b", true)], web.Mounts);
        Assert.Equal(
            [
                new EnvironmentVariable("MEMORY", "", null) { Resource = new ResourceField("", "limits.memory", 1000L << 20) },
                new EnvironmentVariable("ACCOUNT", "default", null),
                new EnvironmentVariable("MODE", "", null) { Key = new ConfigKey(new ConfigRef(false, "shop", true), "mode") },
            ], web.Environment);
        Assert.Equal([new EnvironmentSource(new ConfigRef(true, "db", false), "DB_"), new EnvironmentSource(new ConfigRef(false, "more", true), "")], web.EnvironmentFrom);
        var rights = web.Security;
        Assert.Equal((7L, (long?)null, true, true, false, true), (rights.RunAsUser!.Value, rights.RunAsGroup, rights.RunAsNonRoot, rights.ReadOnlyRoot, rights.Privileged, rights.NoNewPrivileges));
        Assert.Equal([3000, 2000], rights.Groups);
        Assert.Equal(["NET_ADMIN"], rights.AddCapabilities);
        Assert.Equal(["ALL"], rights.DropCapabilities);
        Assert.Equal((true, true, PullPolicy.Always), (web.Stdin, web.Terminal, web.PullPolicy));
    }

    [Fact]
    public void The_pod_itself_is_read()
    {
        var template = ReadFull();
        Assert.Equal(("shop", false, 2000L, TimeSpan.FromMinutes(1)), (template.Hostname, template.HostNetwork, template.FsGroup!.Value, template.ActiveDeadline!.Value));
        Assert.Equal(["registry"], template.PullSecrets);
        Assert.Equal(["db", "cache"], template.DependsOn);
        Assert.Equal((true, 64), (template.RestartsWithDependencies, template.PidsLimit));
    }

    [Theory]
    [InlineData("""{"name":"a","imagePullPolicy":"Soon"}""", "imagePullPolicy", "neither")]
    [InlineData("""{"name":"a","image":"no image"}""", "image", "not the name of an image")]
    [InlineData("""{"name":"a","restartPolicy":"Always"}""", "restartPolicy", "init containers only")]
    [InlineData("""{"name":"a","volumeMounts":[{"name":"x","mountPath":"/x"}]}""", "volumeMounts[0].name", "not among")]
    [InlineData("""{"name":"a","volumeMounts":[{"name":"v","mountPath":"x"}]}""", "volumeMounts[0].mountPath", "absolute")]
    [InlineData("""{"name":"a","volumeMounts":[{"name":"v","mountPath":"/x/../y"}]}""", "volumeMounts[0].mountPath", "absolute")]
    [InlineData("""{"name":"a","volumeMounts":[{"name":"v","mountPath":"/"}]}""", "volumeMounts[0].mountPath", "root")]
    [InlineData("""{"name":"a","volumeMounts":[{"name":"v","mountPath":"/x"},{"name":"w","mountPath":"//x/"}]}""", "volumeMounts[1].mountPath", "\"v\" is mounted already")]
    [InlineData("""{"name":"a","volumeMounts":[{"name":"v","mountPath":"/x","subPath":"a/../../b"}]}""", "volumeMounts[0].subPath", "relative")]
    [InlineData("""{"name":"a","volumeMounts":[{"name":"v","mountPath":"/x","subPathExpr":"$(A)"}]}""", "volumeMounts[0].subPathExpr", "not there")]
    [InlineData("""{"name":"a","livenessProbe":{}}""", "livenessProbe", "does nothing")]
    [InlineData("""{"name":"a","livenessProbe":{"tcpSocket":{"port":1},"grpc":{"port":1}}}""", "livenessProbe", "does 2 things")]
    [InlineData("""{"name":"a","livenessProbe":{"httpGet":{"port":"web"}}}""", "livenessProbe.httpGet.port", "names no port")]
    [InlineData("""{"name":"a","livenessProbe":{"httpGet":{"port":0}}}""", "livenessProbe.httpGet.port", "not a port")]
    [InlineData("""{"name":"a","livenessProbe":{"httpGet":{"port":1,"path":"/a\r\nX: y"}}}""", "livenessProbe.httpGet.path", "white space")]
    [InlineData("""{"name":"a","livenessProbe":{"tcpSocket":{"port":1},"successThreshold":2}}""", "livenessProbe.successThreshold", "must be 1")]
    [InlineData("""{"name":"a","livenessProbe":{"tcpSocket":{"port":1},"periodSeconds":-1}}""", "livenessProbe.periodSeconds", "whole number")]
    [InlineData("""{"name":"a","livenessProbe":{"tcpSocket":{"port":1},"timeoutSeconds":99999999999}}""", "livenessProbe.timeoutSeconds", "whole number")]
    [InlineData("""{"name":"a","readinessProbe":{"tcpSocket":{"port":1},"terminationGracePeriodSeconds":1}}""", "readinessProbe.terminationGracePeriodSeconds", "must not")]
    [InlineData("""{"name":"a","lifecycle":{"preStop":{"grpc":{"port":1}}}}""", "lifecycle.preStop.grpc", "probes only")]
    [InlineData("""{"name":"a","lifecycle":{"postStart":{"httpGet":{"port":"web"}}}}""", "lifecycle.postStart.httpGet.port", "names no port")]
    [InlineData("""{"name":"a","env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"status.phase"}}}]}""", "env[0].valueFrom.fieldRef.fieldPath", "not a field")]
    [InlineData("""{"name":"a","env":[{"name":"A","valueFrom":{}}]}""", "env[0].valueFrom", "none of")]
    [InlineData("""{"name":"a","env":[{"name":"A=","value":"1"}]}""", "env[0].name", "not a name")]
    [InlineData("""{"name":"a","env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","containerName":"b"}}}]}""", "env", "no container")]
    [InlineData("""{"name":"a","envFrom":[{"prefix":"A"}]}""", "envFrom[0]", "not one of")]
    [InlineData("""{"name":"a","resources":{"requests":{"cpu":2},"limits":{"cpu":1}}}""", "resources.requests.cpu", "more than its limit")]
    [InlineData("""{"name":"a","securityContext":{"runAsUser":-1}}""", "securityContext.runAsUser", "whole number")]
    [InlineData("""{"name":"a","securityContext":{"privileged":true,"allowPrivilegeEscalation":false}}""", "securityContext.allowPrivilegeEscalation", "privileged")]
    [InlineData("""{"name":"a","securityContext":{"capabilities":{"add":["rm -rf"]}}}""", "securityContext.capabilities.add[0]", "not a capability")]
    public void What_a_container_would_run_wrong_with_is_refused(string container, string field, string because)
    {
        var json = """{"spec":{"volumes":[{"name":"v"},{"name":"w"}],"containers":[""" + container + "]}}";
        Assert.Null(PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.Equal($"spec.containers[0].{field}", problem.Field);
        Assert.Contains(because, problem.Message);
    }

    [Theory]
    [InlineData("""{"name":"v","persistentVolumeClaim":{"claimName":"x"}}""", "persistentVolumeClaim", "no kind of volume")]
    [InlineData("""{"name":"v","emptyDir":{},"hostPath":{"path":"/x"}}""", "", "2 kinds")]
    [InlineData("""{"name":"v","emptyDir":{"medium":"HugePages"}}""", "emptyDir.medium", "neither")]
    [InlineData("""{"name":"v","hostPath":{"path":"x"}}""", "hostPath.path", "absolute")]
    [InlineData("""{"name":"v","hostPath":{"path":"/x","type":"Dir"}}""", "hostPath.type", "none of")]
    [InlineData("""{"name":"v","configMap":{}}""", "configMap.name", "missing")]
    [InlineData("""{"name":"v","secret":{"secretName":"s","defaultMode":512}}""", "secret.defaultMode", "0 to 511")]
    [InlineData("""{"name":"v","configMap":{"name":"c","items":[{"key":"a","path":"../a"}]}}""", "configMap.items[0].path", "relative")]
    [InlineData("""{"name":"v","configMap":{"name":"c","items":[{"key":"a","path":"p"},{"key":"b","path":"p"}]}}""", "configMap.items", "twice")]
    [InlineData("""{"name":"v","projected":{"sources":[{"serviceAccountToken":{"path":"token"}}]}}""", "projected.sources[0].serviceAccountToken", "no kind of source")]
    [InlineData("""{"name":"v","downwardAPI":{"items":[{"path":"ip","fieldRef":{"fieldPath":"status.podIP"}}]}}""", "downwardAPI.items[0].fieldRef.fieldPath", "not a field")]
    [InlineData("""{"name":"v","downwardAPI":{"items":[{"path":"cpu","resourceFieldRef":{"resource":"limits.cpu"}}]}}""", "downwardAPI.items[0].resourceFieldRef.containerName", "missing")]
    public void A_volume_that_is_not_there_or_not_safe_is_refused(string volume, string field, string because)
    {
        var json = """{"spec":{"containers":[{"name":"a"}],"volumes":[""" + volume + "]}}";
        Assert.Null(PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.Equal(field.Length == 0 ? "spec.volumes[0]" : $"spec.volumes[0].{field}", problem.Field);
        Assert.Contains(because, problem.Message);
    }

    [Theory]
    [InlineData("gossip.dev/depends-on", "svc/db\\tsvc/x")]
    [InlineData("gossip.dev/depends-on", "svc/")]
    [InlineData("gossip.dev/depends-on", "other/db")]
    [InlineData("gossip.dev/depends-on", "a,,b")]
    [InlineData("gossip.dev/on-dependency-loss", "maybe")]
    [InlineData("gossip.dev/rebalance", "yes")]
    [InlineData("gossip.dev/gang", "train")]
    [InlineData("gossip.dev/gang", "train/0")]
    [InlineData("gossip.dev/gang", "train/513")]
    [InlineData("gossip.dev/gang", "train/-1")]
    [InlineData("gossip.dev/gang", "train/8/2")]
    [InlineData("gossip.dev/gang", "Train/8")]
    [InlineData("gossip.dev/gang", "/8")]
    [InlineData("gossip.dev/pids-limit", "0")]
    [InlineData("gossip.dev/pids-limit", "many")]
    public void An_annotation_that_cannot_be_kept_is_refused(string annotation, string value)
    {
        var json = $$$"""{"metadata":{"annotations":{"{{{annotation}}}":"{{{value}}}"}},"spec":{"containers":[{"name":"a"}]}}""";
        Assert.Null(PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.Equal($"metadata.annotations[{annotation}]", problem.Field);
    }

    [Theory]
    [InlineData("""{"spec":{"initContainers":[{"name":"a","restartPolicy":"Never"}],"containers":[{"name":"b"}]}}""", "spec.initContainers[0].restartPolicy")]
    [InlineData("""{"spec":{"initContainers":[{"name":"a","livenessProbe":{"tcpSocket":{"port":1}}}],"containers":[{"name":"b"}]}}""", "spec.initContainers[0].livenessProbe")]
    [InlineData("""{"spec":{"initContainers":[{"name":"b"}],"containers":[{"name":"b"}]}}""", "spec.containers[0].name")]
    [InlineData("""{"spec":{"containers":[{"name":"b"}],"volumes":[{"name":"v"},{"name":"v"}]}}""", "spec.volumes[1].name")]
    [InlineData("""{"spec":{"containers":[{"name":"b"}],"activeDeadlineSeconds":0}}""", "spec.activeDeadlineSeconds")]
    [InlineData("""{"spec":{"containers":[{"name":"b"}],"hostname":"Not_One"}}""", "spec.hostname")]
    public void Parts_that_do_not_go_together_are_refused(string json, string field)
    {
        Assert.Null(PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.Equal(field, problem.Field);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        const string Json = """{"spec":{"containers":[{"name":"a","image":"No"},{"name":"b","imagePullPolicy":"x"}],"restartPolicy":"x"}}""";
        Assert.Equal(["spec.containers[0].image", "spec.containers[1].imagePullPolicy", "spec.restartPolicy"],
            PodTemplateReader.Check(Encoding.UTF8.GetBytes(Json)).Select(problem => problem.Field));
    }

    /// <summary>A value of another type in any place: what is neither read nor refused is taken for not there.</summary>
    [Property(MaxTest = 500)]
    public void Hostile_templates_never_make_it_throw(int at, int length, int with)
    {
        string[] values = ["7", "null", "[]", "{}", "\"\"", "-1", "1e99", "true", "[[]]", "\"\\ud800\"", "", "{\"name\":[]}"];
        var start = (int)((uint)at % Full.Length);
        var cut = Math.Min((int)((uint)length % 40), Full.Length - start);
        var json = Encoding.UTF8.GetBytes(string.Concat(Full.AsSpan(0, start), values[(int)((uint)with % values.Length)], Full.AsSpan(start + cut)));
        var template = PodTemplateReader.TryRead(json, out var problem);
        Assert.Equal(template is null, problem.Message is { Length: > 0 });
    }

    [Property(MaxTest = 500)]
    public void A_value_of_another_type_never_makes_it_throw(int which, int with)
    {
        string[] values = ["7", "null", "[]", "{}", "\"\"", "-1", "1e99", "true", "[[],7]", "{\"name\":[]}"];
        var root = JsonNode.Parse(Full)!;
        var nodes = Descendants(root).ToArray();
        var victim = nodes[(int)((uint)which % nodes.Length)];
        var instead = JsonNode.Parse(values[(int)((uint)with % values.Length)]);
        victim.ReplaceWith(instead);
        var template = PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(root.ToJsonString()), out var problem);
        Assert.Equal(template is null, problem.Message is { Length: > 0 });
    }

    static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        var children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value),
            JsonArray items => items.AsEnumerable(),
            _ => [],
        };
        foreach (var child in children)
        {
            if (child is null) continue;
            yield return child;
            foreach (var below in Descendants(child)) yield return below;
        }
    }
}
