import { type Container, containersOf, type Manifests, nameOf, podOf } from './manifest.ts';

/** Where Knative's own queue-proxy listens, in the pod's one network namespace. */
const reservedPorts = new Set([8008, 8012, 8013, 8022, 8112, 9090, 9091]);
const reservedPaths = new Set(['/', '/dev', '/dev/log']);

/** Fields that Knative takes with its default feature flags, of those that we have a use for. */
const podFields = new Set([
  'containers',
  'volumes',
  'timeoutSeconds',
  'responseStartTimeoutSeconds',
  'idleTimeoutSeconds',
  'containerConcurrency',
  'serviceAccountName',
  'imagePullSecrets',
  'enableServiceLinks',
]);
const containerFields = new Set([
  'name',
  'image',
  'ports',
  'env',
  'envFrom',
  'readinessProbe',
  'livenessProbe',
  'resources',
  'securityContext',
  'volumeMounts',
]);

/** The rules of a pod and its containers; one line for each fault. */
export function checkPods({ services }: Manifests): string[] {
  return services.flatMap((service) => {
    const name = nameOf(service);
    const pod = podOf(service);
    if (!pod) return [`${name}: has no template`];
    const seconds = pod.timeoutSeconds ?? 300;
    const faults = Object.keys(pod)
      .filter((field) => !podFields.has(field))
      .map((field) => `${field} needs a feature flag of Knative's`);
    // The time-out is the pod's grace too, and 30 seconds of it pass before SIGTERM.
    if (seconds <= 30 || seconds > 600) faults.push(`timeoutSeconds ${seconds} is not in 31…600`);
    const [container, ...others] = containersOf(service);
    if (!container || others.length > 0) faults.push('there must be one container');
    else faults.push(...checkContainer(container), ...checkVolumes(pod.volumes ?? [], container));
    return faults.map((fault) => `${name}: ${fault}`);
  });
}

function checkContainer(container: Container): string[] {
  const { ports = [], resources, securityContext: security } = container;
  const faults = Object.keys(container)
    .filter((field) => !containerFields.has(field))
    .map((field) => `the container's ${field} is not for Knative`);
  for (const { containerPort, name } of ports) {
    if (reservedPorts.has(containerPort)) faults.push(`port ${containerPort} is Knative's own`);
    if (!['', 'http1', 'h2c'].includes(name ?? '')) faults.push(`a port may not be named ${name}`);
  }
  if (ports.length !== 1) faults.push('there must be one port');
  if (!resources?.requests?.cpu || !resources.requests.memory) faults.push('requests are missing');
  if (!resources?.limits?.memory) faults.push('the memory limit is missing');
  const isConfined =
    security?.runAsNonRoot === true &&
    security.readOnlyRootFilesystem === true &&
    security.allowPrivilegeEscalation === false &&
    security.seccompProfile?.type === 'RuntimeDefault' &&
    security.capabilities?.drop?.includes('ALL') === true &&
    security.capabilities.add === undefined;
  if (!isConfined) faults.push('securityContext is not as confined as it can be');
  return [...faults, ...checkProbes(container)];
}

function checkProbes({ readinessProbe: ready, livenessProbe: alive }: Container): string[] {
  const faults: string[] = [];
  if (!ready?.httpGet?.path?.startsWith('/health/')) faults.push('the readiness probe is missing');
  // Without a period Knative probes every 50 ms, and takes no threshold and no time-out then.
  const isQuick = !ready?.periodSeconds;
  if (isQuick && (ready?.failureThreshold || ready?.timeoutSeconds)) {
    faults.push('the readiness probe has a threshold or time-out, but no period');
  }
  if (alive?.httpGet?.path !== '/health/liveliness') faults.push('the liveness probe is missing');
  return faults;
}

type Volumes = NonNullable<NonNullable<ReturnType<typeof podOf>>['volumes']>;

function checkVolumes(volumes: Volumes, { volumeMounts: mounts = [] }: Container): string[] {
  const faults: string[] = [];
  for (const volume of volumes) {
    const { name } = volume;
    if (!mounts.some((mount) => mount.name === name)) faults.push(`volume ${name} is not mounted`);
    if (!volume.emptyDir && !volume.configMap && !volume.secret && !volume.projected) {
      faults.push(`volume ${name} is of a kind that needs a feature flag of Knative's`);
    }
    if (volume.emptyDir && !['', 'Memory'].includes(volume.emptyDir.medium ?? '')) {
      faults.push(`volume ${name} has the medium ${volume.emptyDir.medium}`);
    }
  }
  for (const { name, mountPath } of mounts) {
    if (!volumes.some((volume) => volume.name === name)) faults.push(`there is no volume ${name}`);
    if (reservedPaths.has(mountPath)) faults.push(`${mountPath} cannot be mounted over`);
    if (mounts.filter((mount) => mount.mountPath === mountPath).length > 1) {
      faults.push(`${mountPath} is mounted twice`);
    }
  }
  return faults;
}
