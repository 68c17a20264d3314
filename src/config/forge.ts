/** Where pull requests are opened. */
import type { z } from 'zod';
import { url, words } from './fields';

export const FORGE_FIELDS = {
  EVERTHREAD_FORGE_URL: url(['https:', 'http:']).optional(),
  EVERTHREAD_FORGE_TOKEN: words.optional(),
};

/** Null where none is configured. */
export type ForgeConfig = { readonly url: string; readonly token: string | null } | null;

export const forgeOf = (values: z.output<z.ZodObject<typeof FORGE_FIELDS>>): ForgeConfig =>
  values.EVERTHREAD_FORGE_URL === undefined ? null : { url: values.EVERTHREAD_FORGE_URL.replace(/\/+$/, ''), token: values.EVERTHREAD_FORGE_TOKEN ?? null };
