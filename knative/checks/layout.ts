import { containersOf, type Manifests, nameOf, podOf } from './manifest.ts';

const exposed = new Set(['chat', 'dashboard']);
const scaling = 'autoscaling.knative.dev/';
const visibility = 'networking.knative.dev/visibility';

/** How the five are laid out: who is seen, how many there are, where the books lie. */
export function checkLayout({ all, services }: Manifests): string[] {
  const names = services.map(nameOf).sort().join(' ');
  const faults =
    names === 'alert chat dashboard ingest proxy' ? [] : [`the Services are: ${names}`];
  for (const manifest of all) {
    if (manifest.kind !== 'Namespace' && manifest.metadata?.namespace !== 'tallygate') {
      faults.push(`${nameOf(manifest)}: is not in the namespace tallygate`);
    }
  }
  for (const service of services) {
    const name = nameOf(service);
    const { labels = {}, annotations = {} } = service.metadata ?? {};
    if ((labels[visibility] === 'cluster-local') === exposed.has(name)) {
      faults.push(`${name}: ${exposed.has(name) ? 'is hidden' : 'is seen from outside'}`);
    }
    // Knative refuses them there, except on the revision that they are for.
    if (Object.keys(annotations).some((annotation) => annotation.startsWith(scaling))) {
      faults.push(`${name}: autoscaling annotations belong on the template`);
    }
    const onTemplate = service.spec?.template?.metadata?.annotations ?? {};
    if (!onTemplate[`${scaling}max-scale`]) faults.push(`${name}: max-scale is missing`);
    if (name !== 'proxy') continue;
    for (const [annotation, wanted] of [
      ['min-scale', '1'],
      ['max-scale', '1'],
      ['initial-scale', '1'],
      ['target-burst-capacity', '0'],
    ] as const) {
      const found = onTemplate[scaling + annotation];
      if (found !== wanted) faults.push(`proxy: ${annotation} is ${found}, not ${wanted}`);
    }
    const data = containersOf(service)
      .flatMap(({ volumeMounts = [] }) => volumeMounts)
      .find(({ mountPath }) => mountPath === '/app/data');
    const volume = podOf(service)?.volumes?.find((candidate) => candidate.name === data?.name);
    if (!volume?.emptyDir) faults.push('proxy: /app/data is no emptyDir');
  }
  return faults;
}
