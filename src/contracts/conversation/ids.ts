/** Names of what belongs to conversations. A run of a thread is a run like any other, so its id is the run's: a UUID. */
import { z } from 'zod';

const name = () =>
  z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'expected letters, digits, dashes and underscores');

/** Made here: `thr_` and 20 characters; a client may choose another, such as a UUID. */
export const ThreadId = name();
/** `rol_` and what tells it from the others of its thread. */
export const RolloutId = name();
/** Made here: a UUID. Runs that were imported, and local ones, may be called otherwise. */
export const ThreadRunId = name();

/** Of an agent: how people and clients name it within a tenant. */
export const AgentSlug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes, a letter or digit first');
