import { containersOf, type Manifests, nameOf, podOf } from './manifest.ts';

export const serviceOf = (manifests: Manifests, name: string) =>
  manifests.services.find((service) => nameOf(service) === name)!;
export const containerOf = (manifests: Manifests, name: string) =>
  containersOf(serviceOf(manifests, name))[0]!;
const annotationsOf = (manifests: Manifests, name: string) =>
  serviceOf(manifests, name).spec!.template!.metadata!.annotations!;
const setEnv = (manifests: Manifests, service: string, name: string, value: string) => {
  const { env = [] } = containerOf(manifests, service);
  const found = env.find((variable) => variable.name === name);
  if (found) Object.assign(found, { value, valueFrom: undefined });
  else env.push({ name, value });
};
const settingsOf = (manifests: Manifests) =>
  manifests.configMaps.find((map) => nameOf(map) === 'tallygate-environment')!.data;

type Break = (manifests: Manifests) => unknown;
/** Each rule of the checks, by a manifest that breaks it: what is said, and how it is broken. */
export const breaks: [fault: RegExp, by: Break][] = [
  // Pods
  [/chat: has no template/, (m) => delete serviceOf(m, 'chat').spec!.template],
  [
    /chat: nodeSelector needs a feature flag/,
    (m) => Object.assign(podOf(serviceOf(m, 'chat'))!, { nodeSelector: { a: 'b' } }),
  ],
  [
    /proxy: timeoutSeconds 30 /,
    (m) => Object.assign(podOf(serviceOf(m, 'proxy'))!, { timeoutSeconds: 30 }),
  ],
  [
    /proxy: timeoutSeconds 3600 /,
    (m) => Object.assign(podOf(serviceOf(m, 'proxy'))!, { timeoutSeconds: 3600 }),
  ],
  [
    /chat: there must be one container/,
    (m) => containersOf(serviceOf(m, 'chat')).push({ name: 'second', image: 'x' }),
  ],
  [
    /chat: the container's lifecycle/,
    (m) => Object.assign(containerOf(m, 'chat'), { lifecycle: {} }),
  ],
  [
    /chat: port 8012 is Knative's/,
    (m) => Object.assign(containerOf(m, 'chat').ports![0]!, { containerPort: 8012 }),
  ],
  [
    /chat: a port may not be named web/,
    (m) => Object.assign(containerOf(m, 'chat').ports![0]!, { name: 'web' }),
  ],
  [/chat: there must be one port/, (m) => delete containerOf(m, 'chat').ports],
  [/chat: requests are missing/, (m) => delete containerOf(m, 'chat').resources!.requests],
  [/chat: the memory limit is missing/, (m) => delete containerOf(m, 'chat').resources!.limits],
  [
    /chat: securityContext/,
    (m) => Object.assign(containerOf(m, 'chat').securityContext!, { runAsNonRoot: false }),
  ],
  [
    /chat: securityContext/,
    (m) =>
      Object.assign(containerOf(m, 'chat').securityContext!, { readOnlyRootFilesystem: false }),
  ],
  [
    /chat: securityContext/,
    (m) => delete containerOf(m, 'chat').securityContext!.allowPrivilegeEscalation,
  ],
  [/chat: securityContext/, (m) => delete containerOf(m, 'chat').securityContext!.seccompProfile],
  [
    /chat: securityContext/,
    (m) => Object.assign(containerOf(m, 'chat').securityContext!.capabilities!, { add: ['X'] }),
  ],
  [/chat: the readiness probe is missing/, (m) => delete containerOf(m, 'chat').readinessProbe],
  [
    /chat: the readiness probe has a threshold/,
    (m) => Object.assign(containerOf(m, 'chat').readinessProbe!, { failureThreshold: 3 }),
  ],
  [/chat: the liveness probe is missing/, (m) => delete containerOf(m, 'chat').livenessProbe],
  [/proxy: volume tmp is not mounted/, (m) => containerOf(m, 'proxy').volumeMounts!.splice(2, 1)],
  [/proxy: there is no volume tmp/, (m) => podOf(serviceOf(m, 'proxy'))!.volumes!.splice(1, 1)],
  [
    /proxy: volume data is of a kind that needs/,
    (m) =>
      podOf(serviceOf(m, 'proxy'))!.volumes!.splice(0, 1, {
        name: 'data',
        persistentVolumeClaim: { claimName: 'data' },
      }),
  ],
  [
    /proxy: volume data has the medium HugePages/,
    (m) =>
      Object.assign(podOf(serviceOf(m, 'proxy'))!.volumes![0]!.emptyDir!, { medium: 'HugePages' }),
  ],
  [
    /proxy: \/ cannot be mounted over/,
    (m) => Object.assign(containerOf(m, 'proxy').volumeMounts![2]!, { mountPath: '/' }),
  ],
  [
    /proxy: \/app\/data is mounted twice/,
    (m) => Object.assign(containerOf(m, 'proxy').volumeMounts![2]!, { mountPath: '/app/data' }),
  ],
  // Layout
  [/the Services are: /, (m) => m.services.splice(0, 1)],
  [/chat: is not in the namespace/, (m) => delete serviceOf(m, 'chat').metadata!.namespace],
  [/proxy: is seen from outside/, (m) => delete serviceOf(m, 'proxy').metadata!.labels],
  [
    /dashboard: is hidden/,
    (m) =>
      Object.assign(serviceOf(m, 'dashboard').metadata!.labels!, {
        'networking.knative.dev/visibility': 'cluster-local',
      }),
  ],
  [
    /chat: autoscaling annotations belong/,
    (m) =>
      Object.assign(serviceOf(m, 'chat').metadata!, {
        annotations: { 'autoscaling.knative.dev/min-scale': '1' },
      }),
  ],
  [
    /chat: max-scale is missing/,
    (m) => delete annotationsOf(m, 'chat')['autoscaling.knative.dev/max-scale'],
  ],
  ...['min-scale', 'max-scale', 'initial-scale', 'target-burst-capacity'].map(
    (name): [RegExp, Break] => [
      new RegExp(`proxy: ${name} is 2`),
      (m) => Object.assign(annotationsOf(m, 'proxy'), { [`autoscaling.knative.dev/${name}`]: '2' }),
    ],
  ),
  [
    /proxy: \/app\/data is no emptyDir/,
    (m) => Object.assign(containerOf(m, 'proxy').volumeMounts![0]!, { mountPath: '/data' }),
  ],
  // Environment
  [/ingest: PORT is Knative's/, (m) => setEnv(m, 'ingest', 'PORT', '8080')],
  [/ingest: nobody reads DATABSE_URL/, (m) => setEnv(m, 'ingest', 'DATABSE_URL', 'file:x')],
  [/DATABASE_URL is not set/, (m) => setEnv(m, 'ingest', 'DATABASE_URL', '')],
  [/ingest: it would run alert/, (m) => setEnv(m, 'ingest', 'FUNCTION_TARGET', 'alert')],
  [/proxy: LLM_API_KEY is in clear/, (m) => setEnv(m, 'proxy', 'LLM_API_KEY', 'sk-1')],
  [
    /ingest: POD_IP: fieldRef needs/,
    (m) =>
      containerOf(m, 'ingest').env!.push({
        name: 'POD_IP',
        valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
      }),
  ],
  [/LLM_API_KEY belongs in the Secret/, (m) => Object.assign(settingsOf(m), { LLM_API_KEY: 'sk' })],
  [
    /a Secret would be applied/,
    (m) => m.all.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }),
  ],
  [/NODE_ENV is not production/, (m) => delete settingsOf(m).NODE_ENV],
  [/there is no ConfigMap tallygate-environment/, (m) => m.configMaps.splice(0)],
  [
    /http:\/\/proxy\.default\.svc\.cluster\.local is in another namespace/,
    (m) => Object.assign(settingsOf(m), { PROXY_URL: 'http://proxy.default.svc.cluster.local' }),
  ],
  [
    /nobody is at http:\/\/gateway\.tallygate/,
    (m) =>
      Object.assign(settingsOf(m), { PROXY_URL: 'http://gateway.tallygate.svc.cluster.local' }),
  ],
  [/proxy: K_SINK is /, (m) => Object.assign(m.brokers[0]!.metadata!, { name: 'other' })],
  // Events
  [/there are 0 brokers/, (m) => m.brokers.splice(0)],
  [/: there is no broker x/, (m) => Object.assign(m.triggers[0]!.spec!, { broker: 'x' })],
  [/: does not try again/, (m) => delete m.triggers[0]!.spec!.delivery],
  [/tallygate: does not try again/, (m) => delete m.brokers[0]!.spec!.delivery],
  [
    /: backoffPolicy is linear/,
    (m) => Object.assign(m.triggers[0]!.spec!.delivery!, { backoffPolicy: 'linear' }),
  ],
  [
    /: backoffDelay is "500ms"/,
    (m) => Object.assign(m.triggers[0]!.spec!.delivery!, { backoffDelay: '500ms' }),
  ],
  [/: timeout is ""/, (m) => delete m.triggers[0]!.spec!.delivery!.timeout],
  [/: deadLetterSink is no Service/, (m) => delete m.triggers[0]!.spec!.delivery!.deadLetterSink],
  [
    /: deadLetterSink is at \/events/,
    (m) => Object.assign(m.triggers[0]!.spec!.delivery!.deadLetterSink!, { uri: '/events' }),
  ],
  [
    /: subscriber is no Service/,
    (m) => Object.assign(m.triggers[0]!.spec!.subscriber.ref!, { name: 'nobody' }),
  ],
  [/: subscriber is at undefined/, (m) => delete m.triggers[0]!.spec!.subscriber.uri],
  [/no Trigger takes dev\.tallygate\.alert/, (m) => m.triggers.splice(0)],
  [
    /a Trigger waits for request\.completed/,
    (m) => Object.assign(m.triggers[0]!.spec!.filter!.attributes!, { type: 'request.completed' }),
  ],
];
