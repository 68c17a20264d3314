/** In which tenant a request acts: its credential says in which it may, a header may only narrow that. */
import { ANY_TENANT, DEFAULT_TENANT, TENANT_FORM } from '../../contracts/tenant';
import { Fault } from '../../errors/fault';

/** Headers that name a tenant (digests: runtools-scriptum §3.1, thymos §2.27). */
export const TENANT_HEADERS = ['x-organization-id', 'x-thymos-tenant-id'] as const;

/**
 * `allowed`: the tenants of the credential, the first of which is meant when no header names one; `*` is any, and then `default` is meant. Faults:
 * `access.tenant_header` (invalid) for headers that are malformed or disagree, `access.tenant` (forbidden) for one that the credential does not allow.
 */
export function tenantOf(allowed: readonly string[], headers: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const named = new Map<string, string>();
  for (const header of TENANT_HEADERS) {
    const value = headers[header];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !TENANT_FORM.test(value)) {
      const reason = 'expected one name of 1 to 64 letters, digits, dots, dashes and underscores';
      throw new Fault('invalid', 'access.tenant_header', `${header}: ${reason}`, { field: header, reason, in: 'header' });
    }
    named.set(value, header);
  }
  const [asked, second] = [...named.keys()];
  if (second !== undefined) {
    const field = named.get(second);
    throw new Fault('invalid', 'access.tenant_header', `${field}: names another tenant than the other header`, { field, in: 'header' });
  }
  const first = allowed[0] ?? ANY_TENANT;
  if (asked === undefined) return first === ANY_TENANT ? DEFAULT_TENANT : first;
  if (allowed.includes(asked) || allowed.includes(ANY_TENANT)) return asked;
  throw new Fault('forbidden', 'access.tenant', 'The credential is not for this tenant.', { tenant: asked });
}
