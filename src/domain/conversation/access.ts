/** Who may see which threads of a tenant: the owner his own, an administrator all of them. Pure. */
import type { Principal } from '../../contracts/principal';

/** Whether the principal may look at (and end) what is not its own. */
export const seesAll = ({ scopes }: Pick<Principal, 'scopes'>): boolean => scopes.includes('*') || scopes.includes('admin');

export const maySee = (principal: Pick<Principal, 'scopes' | 'subject'>, { ownerUserId }: { readonly ownerUserId: string }): boolean =>
  ownerUserId === principal.subject || seesAll(principal);
