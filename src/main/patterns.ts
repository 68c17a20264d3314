/** The pattern catalogue over the store. */
import { Patterns } from '../gateway/patterns';
import type { Store } from '../store/store';

export const patternCatalogue = ({ patterns, idempotency }: Pick<Store, 'patterns' | 'idempotency'>): Patterns =>
  new Patterns({
    publish: (tenant, pattern, rules) => patterns.publish(tenant, pattern, rules),
    list: (tenant, filter) => patterns.list(tenant, filter),
    get: (tenant, name, asked) => patterns.get(tenant, name, asked),
    versions: (tenant, name) => patterns.versions(tenant, name),
    remove: (tenant, name, version, by) => patterns.remove(tenant, name, version, by),
    claimKey: (request) => idempotency.claim(request),
  });
