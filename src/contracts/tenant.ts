/** Names of tenants: one form for keys, tokens, headers and addresses. */
import { z } from 'zod';

export const TENANT_FORM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const Tenant = z.string().regex(TENANT_FORM, 'expected 1 to 64 letters, digits, dots, dashes and underscores');

/** What a credential of an operator holds instead of one tenant: it may act in any, and says in which by a header. */
export const ANY_TENANT = '*';
export const DEFAULT_TENANT = 'default';
/** Of audit entries about nobody: no name of a tenant. */
export const NO_TENANT = '-';
