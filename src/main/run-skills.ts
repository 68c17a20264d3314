/** Skills of runs over the store. */
import { Skills } from '../gateway/skills';
import type { Store } from '../store/store';

export const skillsOver = ({ runSkills, idempotency }: Pick<Store, 'runSkills' | 'idempotency'>): Skills =>
  new Skills({
    list: (tenant) => runSkills.list(tenant),
    find: (tenant, by) => runSkills.find(tenant, by),
    put: (tenant, createdBy, name, make) => runSkills.put(tenant, createdBy, name, make),
    claimKey: (request) => idempotency.claim(request),
  });
