/**
 * Names that other clients give to threads: they make ids of their own, mostly UUIDs, before they ask for anything. What fits an id is the id; any other text stands for the
 * thread whose id is made from its hash, so the same text is the same thread.
 */
import { createHash } from 'node:crypto';
import { ThreadId } from '../../../contracts/conversation/ids';

/** Characters of a name. */
export const THREAD_NAME_MAX = 500;

export const threadNamed = (name: string): string =>
  ThreadId.safeParse(name).success ? name : `thr_${createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 32)}`;
