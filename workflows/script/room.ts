/** How many steps of a thread wait for people at one time. */
import { PARALLEL_MAX } from '../../src/contracts/script/start';
import type { ScriptShell } from './shell';

/** Whether one more may. To be asked again after every wait: of many that are let go together only some find room. */
export const hasRoom = ({ actor }: Pick<ScriptShell, 'actor'>): boolean => actor.state.pauses.length < PARALLEL_MAX;

export const roomFor = (shell: Pick<ScriptShell, 'actor'>): Promise<boolean> => shell.actor.until(() => hasRoom(shell));
