using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Tests.Manifests;

public class ManifestValidatorTests
{
    const string Good = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          replicas: 3
          selector:
            matchLabels: {app: web}
          template:
            metadata:
              labels: {app: web}
            spec:
              containers:
              - name: c
                image: nginx
                resources:
                  requests: {cpu: 100m, memory: 64Mi}
        """;

    static ManifestSet Check(string text) => ManifestValidator.Check(ManifestReader.Read("x.yaml", text));

    [Fact]
    public void A_good_deployment_has_no_fault()
    {
        var set = Check(Good);
        Assert.Empty(set.Faults);
        Assert.Empty(set.Warnings);
    }

    [Theory]
    [InlineData("kind: Deployment", "kind: Deploymint", "kind", "not served")]
    [InlineData("kind: Deployment\n", "", "kind", "missing")]
    [InlineData("apiVersion: apps/v1", "apiVersion: extensions/v1beta1", "apiVersion", "write apps/v1")]
    [InlineData("name: web", "labels: {a: b}", "metadata.name", "missing")]
    [InlineData("name: web", "name: Web_1", "metadata.name", "DNS name")]
    [InlineData("name: web", "name: 7", "metadata.name", "quote it")]
    [InlineData("name: web", "name: web\n  namespace: A", "metadata.namespace", "DNS label")]
    [InlineData("replicas: 3", "replicas: -1", "spec.replicas", "from 0")]
    [InlineData("replicas: 3", "replicas: 100001", "spec.replicas", "100000")]
    [InlineData("replicas: 3", "replicas: three", "spec.replicas", "whole number")]
    [InlineData("replicas: 3", "replicas: 2.5", "spec.replicas", "whole number")]
    [InlineData("cpu: 100m", "cpu: -100m", "spec.template.spec.containers[0].resources.requests.cpu", "negative")]
    [InlineData("cpu: 100m", "cpu: 100x", "spec.template.spec.containers[0].resources.requests.cpu", "not a quantity")]
    [InlineData("cpu: 100m", "cpu: 10000000", "spec.template.spec.containers[0].resources.requests.cpu", "no machine")]
    [InlineData("memory: 64Mi", "memory: 9000Pi", "spec.template.spec.containers[0].resources.requests.memory", "absurdly")]
    [InlineData("memory: 64Mi", "memory: 8Pi", "spec.template.spec.containers[0].resources.requests.memory", "no machine")]
    [InlineData("memory: 64Mi", "memory: 1e999", "spec.template.spec.containers[0].resources.requests.memory", "not a quantity")]
    [InlineData(
        "cpu: 100m", "example.com/fpga: 1.5", "spec.template.spec.containers[0].resources.requests[example.com/fpga]", "whole pieces")]
    [InlineData(
        "requests: {cpu: 100m, memory: 64Mi}", "{requests: {cpu: 2}, limits: {cpu: 1}}",
        "spec.template.spec.containers[0].resources.requests.cpu", "limit")]
    [InlineData("matchLabels: {app: web}", "matchLabels: {app: other}", "spec.selector", "does not match")]
    [InlineData(
        "matchLabels: {app: web}", "matchExpressions: [{key: app, operator: NotIn, values: [web]}]", "spec.selector", "does not match")]
    [InlineData("matchLabels: {app: web}", "matchExpressions: [{key: app, operator: Like}]", "spec.selector", "operator")]
    [InlineData("matchLabels: {app: web}", "matchLabels: {}", "spec.selector", "everything")]
    [InlineData("labels: {app: web}", "labels: {app: \"not ok\"}", "spec.template.metadata.labels[app]", "label value")]
    [InlineData("- name: c", "- name: C", "spec.template.spec.containers[0].name", "DNS label")]
    [InlineData("image: nginx", "command: [x]", "spec.template.spec.containers[0].image", "missing")]
    [InlineData(
        "image: nginx", "image: nginx\n        ports: [{containerPort: 70000}]", "spec.template.spec.containers[0].ports[0].containerPort",
        "65535")]
    [InlineData(
        "image: nginx", "image: nginx\n        ports: [{containerPort: 80, protocol: QUIC}]",
        "spec.template.spec.containers[0].ports[0].protocol", "one of")]
    [InlineData("image: nginx", "image: nginx\n      restartPolicy: Never", "spec.template.spec.restartPolicy", "Always")]
    public void What_is_wrong_is_refused_by_its_field(string good, string bad, string field, string message)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        var text = good == "requests: {cpu: 100m, memory: 64Mi}"
            ? Good.Replace("resources:\n          requests: {cpu: 100m, memory: 64Mi}", $"resources: {bad}", StringComparison.Ordinal)
            : bad.Contains("restartPolicy", StringComparison.Ordinal)
                ? Good + "\n      restartPolicy: Never"
                : Good.Replace(good, bad, StringComparison.Ordinal);
        var fault = Check(text).Faults.FirstOrDefault(one => one.Field == field);
        Assert.True(fault is not null, string.Join('\n', Check(text).Faults));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.True(fault.At.IsKnown);
    }

    const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: p
          annotations:
            gossip.dev/depends-on: svc/db
        spec:
          volumes:
          - name: v
            emptyDir: {}
          initContainers:
          - name: i
            image: busybox:1
          containers:
          - name: c
            image: nginx:1
            ports: [{name: http, containerPort: 80}]
            volumeMounts:
            - {name: v, mountPath: /v}
            livenessProbe: {httpGet: {port: http}}
            lifecycle: {preStop: {httpGet: {port: http}}}
        """;

    [Fact]
    public void A_pod_with_all_that_this_version_does_draws_no_warning()
    {
        var set = Check(Pod);
        Assert.Empty(set.Faults);
        Assert.Empty(set.Warnings);
    }

    [Theory]
    [InlineData(
        "containers:\n  - name: c", "runtimeClassName: docket\n  containers:\n  - name: c", "spec.runtimeClassName",
        "containers, docker, podman, process, in-process", 14)]
    [InlineData(
        "{name: v, mountPath: /v}", "{name: w, mountPath: /v}", "spec.containers[0].volumeMounts[0].name",
        "\"w\" is not among the pod's volumes (v)", 19)]
    [InlineData(
        "- {name: v, mountPath: /v}", "- {name: v, mountPath: /v}\n    - {name: v, mountPath: /v/}",
        "spec.containers[0].volumeMounts[1].mountPath", "mounted already", 20)]
    [InlineData("mountPath: /v", "mountPath: v", "spec.containers[0].volumeMounts[0].mountPath", "absolute", 19)]
    [InlineData("mountPath: /v", "mountPath: /v, subPath: ../x", "spec.containers[0].volumeMounts[0].subPath", "relative", 19)]
    [InlineData(
        "livenessProbe: {httpGet: {port: http}}", "livenessProbe: {httpGet: {port: web}}", "spec.containers[0].livenessProbe.httpGet.port",
        "\"web\" names no port of the container (http)", 20)]
    [InlineData(
        "preStop: {httpGet: {port: http}}", "preStop: {httpGet: {port: web}}", "spec.containers[0].lifecycle.preStop.httpGet.port",
        "names no port", 21)]
    [InlineData("image: nginx:1", "image: NGINX:1", "spec.containers[0].image", "not the name of an image", 16)]
    [InlineData("- name: v\n    emptyDir: {}", "- name: v\n  - name: v", "spec.volumes[1].name", "twice", 10)]
    [InlineData("emptyDir: {}", "nfs: {server: x, path: /y}", "spec.volumes[0].nfs", "no kind of volume", 10)]
    [InlineData("svc/db", "\"svc/db\\tsvc/x\"", "metadata.annotations[gossip.dev/depends-on]", "not a service", 6)]
    [InlineData(
        "image: nginx:1", "image: nginx:1\n    resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}",
        "spec.containers[0].resources.requests.memory", "limit", 17)]
    public void What_a_pod_would_run_wrong_with_is_refused_at_its_line(string good, string bad, string field, string message, int line)
    {
        Assert.Contains(good, Pod, StringComparison.Ordinal);
        var fault = Assert.Single(Check(Pod.Replace(good, bad, StringComparison.Ordinal)).Faults);
        Assert.Equal((field, line), (fault.Field, fault.At.Line));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gossip.dev/bandwidth: 10G", true)]
    [InlineData("gossip.dev/bandwidth: 2P", false)]
    [InlineData("example.com/fpga: 10G", false)]
    public void Bandwidth_is_counted_in_more_than_pieces(string amount, bool isTaken) =>
        Assert.Equal(
            isTaken, Check(
            Pod.Replace(
            "image: nginx:1", $"image: nginx:1\n    resources: {{requests: {{{amount}}}}}", StringComparison.Ordinal)).Faults.Length == 0);

    [Theory]
    [InlineData("volumes:", "hostPID: true\n  volumes:", "spec.hostPID")]
    [InlineData("volumes:", "shareProcessNamespace: true\n  volumes:", "spec.shareProcessNamespace")]
    [InlineData(
        "image: nginx:1", "image: nginx:1\n    securityContext: {seccompProfile: {type: RuntimeDefault}}",
        "spec.containers[0].securityContext.seccompProfile")]
    public void What_is_not_done_yet_is_said(string good, string bad, string field) =>
        Assert.Equal(field, Assert.Single(Check(Pod.Replace(good, bad, StringComparison.Ordinal)).Warnings).Field);

    [Fact]
    public void What_is_switched_off_needs_no_warning() =>
        Assert.Empty(Check(Pod.Replace("volumes:", "hostPID: false\n  volumes:", StringComparison.Ordinal)).Warnings);

    [Fact]
    public void A_name_twice_in_one_input_is_refused()
    {
        var fault = Assert.Single(Check($"{Good}\n---\n{Good}").Faults);
        Assert.Equal((2, "metadata.name", FaultReason.Duplicate), (fault.Document, fault.Field, fault.Reason));
    }

    [Fact]
    public void An_object_over_the_limit_is_refused()
    {
        var fault =
            Assert.Single(
            Check(Good
            .Replace("name: web", $"name: web\n  annotations: {{a: '{new string('x', 1 << 20)}'}}", StringComparison.Ordinal)).Faults);
        Assert.Equal(FaultReason.TooLarge, fault.Reason);
        Assert.Contains("1048576", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_field_is_kept_with_a_warning()
    {
        var set = Check(Good.Replace("replicas: 3", "replicas: 3\n  futureField: {a: 1}", StringComparison.Ordinal));
        Assert.Empty(set.Faults);
        Assert.Equal(("spec.futureField", FaultReason.UnknownField), (set.Warnings.Single().Field, set.Warnings.Single().Reason));
    }

    [Theory]
    [InlineData("spec: {ports: [{port: 0}]}", "spec.ports[0].port")]
    [InlineData("spec: {ports: [{port: 80}, {port: 81}]}", "spec.ports[0].name")]
    [InlineData("spec: {selector: {a: b}}", "spec.ports")]
    [InlineData("spec: {type: Magic, ports: [{port: 80}]}", "spec.type")]
    [InlineData("other: 1", "spec")]
    public void A_service_is_checked(string spec, string field) =>
        Assert.Contains(
            field, Check($"apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\n{spec}\n").Faults.Select(fault => fault.Field));

    [Fact]
    public void A_field_that_would_be_taken_for_the_tables_own_is_refused() =>
        Assert.Contains(
            "life", Check("apiVersion: v1\nkind: Namespace\nmetadata: {name: s}\nlife: 1\n").Faults.Select(fault => fault.Field));
}
