/** Which policies are in force (digest §4.6), as the workers say that decide by them. */
import { z } from 'zod';
import { Hash } from '../../contracts/run/protocol';
import type { PolicySetInForce } from '../../contracts/run/told-policies';
import { builtInRules, toldPolicyHash } from '../../domain/run/authority/policies';
import { route } from '../http/route';
import type { RunPorts } from './ports';

const PolicySet = z
  .object({
    workers: z.int().min(1).describe('Workers that say so.'),
    live: z.boolean().describe('False: no worker runs, and this is what the last one said.'),
    seen_at: z.iso.datetime(),
    policy_set_hash: Hash.describe('Of your tenant: what commits that are made now carry, and what `require_policy_set` of a replay takes.'),
    rules: z.array(z.string()).describe('In the order in which they are looked at, named as in the traces of commits.'),
    policies: z.array(z.object({ name: z.string(), version: z.string(), content_hash: Hash })),
    refused: z
      .array(z.object({ file: z.string(), policy: z.string().nullable(), code: z.string(), reason: z.string() }))
      .describe('Files of which nothing new is taken. `policy`: what stays in force of it from before.'),
  })
  .meta({ id: 'RunPolicySet' });

const viewOf = ({ policies, refused, workers, live, seenAt }: PolicySetInForce, tenant: string): z.output<typeof PolicySet> => ({
  ...{ workers, live, seen_at: seenAt, policy_set_hash: toldPolicyHash(policies, tenant) },
  rules: [...builtInRules(tenant), ...policies.flatMap(({ rules }) => rules)],
  policies: policies.map(({ name, version, content_hash }) => ({ name, version, content_hash })),
  refused: [...refused],
});

export const listPolicies = route({
  method: 'get',
  path: '/policies',
  summary: 'Which policies are in force',
  operationId: 'listRunPolicies',
  scope: 'runs:read',
  reply: {
    status: 200,
    description: 'One set where all workers decide by the same policies, otherwise one for each; none before the first worker.',
    body: z.object({ count: z.int().min(0), sets: z.array(PolicySet) }).meta({ id: 'RunPolicySets' }),
  },
  handle: async ({ principal }, { policies }: Pick<RunPorts, 'policies'>) => {
    const sets = (await policies.inForce()).map((set) => viewOf(set, principal.tenant));
    return { body: { count: sets.length, sets } };
  },
});
