import type { Deployment } from '../../_shared/config/gateway-config.ts';
import type { Target } from '../providers/target.ts';
import type { DeploymentState } from './deployment-state.ts';

/** A deployment that a call may go to. */
export interface Candidate {
  /** Of a wildcard, with the model that was asked for in place of the star. */
  deployment: Deployment;
  target: Target;
  state: DeploymentState;
}

/** All that answer to one name. */
export interface ModelGroup {
  name: string;
  candidates: readonly Candidate[];
  /** Whether it is one deployment, asked for by its id: then it is asked, cooling down or not. */
  isById: boolean;
}
