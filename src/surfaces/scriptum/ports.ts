/** What the surface of scripts is given. */
import type { ScriptEnvironment, Scripts, ScriptThreads } from '../../contracts/script/ports';
import type { Downloads } from './downloads';

export interface ScriptumPorts {
  readonly scripts: Scripts;
  readonly environment: ScriptEnvironment;
  readonly threads: ScriptThreads;
  readonly downloads: Downloads;
  readonly health: ScriptumHealth;
}

export interface ScriptumHealth {
  readonly version: string;
  /** False while the process stops, or lacks what it needs. */
  serving(): Promise<boolean>;
}
