import type { IBroker } from '@kubernetes-models/knative/eventing.knative.dev/v1/Broker';
import type { ITrigger } from '@kubernetes-models/knative/eventing.knative.dev/v1/Trigger';
import type { IService } from '@kubernetes-models/knative/serving.knative.dev/v1/Service';

interface ConfigMap {
  apiVersion: 'v1';
  kind: 'ConfigMap';
  metadata: { name: string; namespace?: string };
  data: Record<string, string>;
}

interface Other {
  apiVersion: 'v1';
  kind: 'Namespace' | 'Secret';
  metadata: { name: string; namespace?: string };
}

export type Manifest = IService | IBroker | ITrigger | ConfigMap | Other;

/** Rendered manifests, by kind. */
export interface Manifests {
  all: Manifest[];
  services: IService[];
  brokers: IBroker[];
  triggers: ITrigger[];
  configMaps: ConfigMap[];
}

export type Container = NonNullable<ReturnType<typeof podOf>>['containers'][number];

export function sort(all: Manifest[]): Manifests {
  return {
    all,
    services: all.filter((manifest): manifest is IService => manifest.kind === 'Service'),
    brokers: all.filter((manifest): manifest is IBroker => manifest.kind === 'Broker'),
    triggers: all.filter((manifest): manifest is ITrigger => manifest.kind === 'Trigger'),
    configMaps: all.filter((manifest): manifest is ConfigMap => manifest.kind === 'ConfigMap'),
  };
}

export function nameOf(manifest: Manifest): string {
  return manifest.metadata?.name ?? '(no name)';
}

/** What a Service's pods are made from. */
export function podOf(service: IService) {
  return service.spec?.template?.spec;
}

export function containersOf(service: IService): Container[] {
  return podOf(service)?.containers ?? [];
}
