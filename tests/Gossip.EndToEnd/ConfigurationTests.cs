using Gossip.Kubernetes.Tests.Api;

namespace Gossip.EndToEnd;

/// <summary>A pod of init container, sidecar and main container that is made of a ConfigMap and a Secret, by plain kubectl on a real node.</summary>
public sealed class ConfigurationTests
{
    const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: shop
          labels: {app: shop}
        spec:
          runtimeClassName: process
          terminationGracePeriodSeconds: 1
          volumes:
          - name: config
            configMap: {name: shop}
          - name: about
            downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
          initContainers:
          - name: first
            command: [sh, -c, "true"]
          - name: beside
            restartPolicy: Always
            command: [sleep, "3600"]
          containers:
          - name: main
            command: [sh, -c, "echo mode $MODE, a password of ${#PASSWORD} letters, $ABOUT; exec sleep 3600"]
            env:
            - {name: MODE, valueFrom: {configMapKeyRef: {name: shop, key: mode}}}
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: shop, key: password}}}
            - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            - {name: ABOUT, value: "$(SHOP_mode) $(NAME) on $(NODE)"}
            envFrom:
            - {prefix: SHOP_, configMapRef: {name: shop}}
            volumeMounts:
            - {name: config, mountPath: /etc/shop}
            - {name: about, mountPath: /etc/about}
        """;

    static string Map(string mode, string more = "") => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: shop}}\ndata: {{mode: {mode}}}\n{more}";

    [Fact]
    public async Task A_pod_waits_for_what_it_is_made_of_and_follows_it()
    {
        Assert.SkipUnless(Kubectl.IsThere, Kubectl.Absent);
        await using var cluster = await LocalCluster.StartAsync(1);
        using var kubectl = new Kubectl(cluster[0].Api.BaseAddress!);

        await kubectl.OkAsync("create -f -", Pod);
        await LocalCluster.UntilAsync("the pod says what it waits for", async () =>
            (await kubectl.OkAsync("describe pod shop")).Contains("configmap \"shop\" not found", StringComparison.Ordinal));
        Assert.Matches(@"shop\s+0/2\s+Init:0/2", await kubectl.OkAsync("get pods"));

        await kubectl.OkAsync("create -f -", Map("fast"));
        await LocalCluster.UntilAsync("the container says what it waits for", async () =>
            (await kubectl.OkAsync("get pods")).Contains("CreateContainerConfigError", StringComparison.Ordinal));
        await kubectl.OkAsync("create -f -", "apiVersion: v1\nkind: Secret\nmetadata: {name: shop}\nstringData: {password: hunter2}\n");
        await LocalCluster.UntilAsync("it runs", async () => (await kubectl.OkAsync("get pods")).Contains("Running", StringComparison.Ordinal));
        Assert.Matches(@"shop\s+2/2\s+Running", await kubectl.OkAsync("get pods"));
        Assert.Equal("mode fast, a password of 7 letters, fast shop on node-1\n", await kubectl.OkAsync("logs shop"));

        var described = await kubectl.OkAsync("describe pod shop");
        Assert.Matches(@"Init Containers:\n\s+first:", described);
        Assert.Matches(@"(?s)first:.*?State:\s+Terminated\n\s+Reason:\s+Completed\n\s+Exit Code:\s+0", described);
        Assert.Matches(@"(?s)main:.*?State:\s+Running.*?Ready:\s+True", described);
        Assert.Matches(@"PodReadyToStartContainers\s+True\s*\n\s+Initialized\s+True\s*\n\s+Ready\s+True", described);
        Assert.Matches(@"QoS Class:\s+BestEffort", described);
        Assert.Contains("FailedMount", described, StringComparison.Ordinal);

        Assert.Equal("app=\"shop\"", await kubectl.OkAsync("exec shop -c main -- cat /etc/about/labels"));
        Assert.Contains("replaced", await kubectl.OkAsync("replace -f -", Map("slow", "immutable: true\n")), StringComparison.Ordinal);
        await LocalCluster.UntilAsync("the file follows", async () => await kubectl.OkAsync("exec shop -c main -- cat /etc/shop/mode") == "slow");
        Assert.Contains("field is immutable when `immutable` is set", (await kubectl.RunAsync("replace -f -", Map("other", "immutable: true\n"))).Error, StringComparison.Ordinal);

        Assert.Matches(@"shop\s+1\s", await kubectl.OkAsync("get cm"));
        Assert.Matches(@"shop\s+Opaque\s+1\s", await kubectl.OkAsync("get secret"));
        foreach (var told in (string[])[described, await kubectl.OkAsync("get events"), await kubectl.OkAsync("describe secret shop"), cluster[0].Said()])
            Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.Matches("ProcessIsolation +(True|False)", await kubectl.OkAsync("describe node node-1"));
        await kubectl.OkAsync("delete pod/shop cm/shop secret/shop");
    }
}
