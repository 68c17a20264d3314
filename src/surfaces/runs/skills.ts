/** Skills of a tenant (digest §2.23). */
import { z } from 'zod';
import { SkillDef, type SkillRecord } from '../../contracts/run/skill';
import { route } from '../http/route';
import { storable } from '../http/stored-json';
import { prefixedId } from '../../domain/run/ledger/ids';
import type { RunPorts } from './ports';

type Port = Pick<RunPorts, 'skills'>;

const resource = 'skill';
const Kept = z.object({ id: z.string(), skill: SkillDef }).meta({ id: 'Skill' });
const kept = ({ id, skill }: SkillRecord) => ({ id: prefixedId('skill', id), skill });

const Skills = z
  .object({
    skills: z.array(
      z.object({ id: z.string(), name: z.string(), version: z.int(), title: z.string(), tools: z.array(z.string()).describe('Empty: it leaves all tools.') }),
    ),
  })
  .meta({ id: 'Skills' });

export const listSkills = route({
  method: 'get',
  path: '/skills',
  summary: 'List skills',
  operationId: 'listSkills',
  scope: 'runs:read',
  reply: { status: 200, description: 'The newest version of each, by name.', body: Skills },
  handle: async ({ principal }, { skills }: Port) => {
    const found = await skills.list(principal.tenant);
    const shown = found.map(({ id, skill: { name, version, title, tools } }) => ({
      ...{ id: prefixedId('skill', id), name, version, title, tools: tools.map(({ tool }) => tool) },
    }));
    return { body: { skills: shown } };
  },
});

export const getSkill = route({
  method: 'get',
  path: '/skills/:id',
  summary: 'Read a skill',
  operationId: 'getSkill',
  scope: 'runs:read',
  params: z.object({ id: z.string().min(1).max(200).describe('A name, or an id with or without `skill:`.') }),
  reply: { status: 200, description: 'The newest version of the name, or the version of the id.', body: Kept },
  handle: async ({ params, principal }, { skills }: Port) => ({ body: kept(await skills.get(principal.tenant, params.id)) }),
});

const EXAMPLE = {
  ...{ name: 'reviewer', version: 1, title: 'Reviews changes', instructions: 'Read the change and say what is wrong with it, {tone}.' },
  tools: [{ tool: 'fs_read' }, { tool: 'grep' }],
  ceiling: { read: true, write: false, external: false, irreversible: false },
  params: [{ key: 'tone', description: 'How to say it', default: 'kindly', values: ['kindly', 'bluntly'] }],
};

export const putSkill = route({
  method: 'post',
  path: '/skills',
  summary: 'Keep a skill',
  operationId: 'putSkill',
  resource,
  scope: 'runs:write',
  idempotent: true,
  bodyRequired: true,
  body: storable(SkillDef),
  examples: { bodies: { reviewer: EXAMPLE } },
  reply: { status: 201, description: 'The same name with another content is its next version; the same content changes nothing.', body: Kept },
  faults: [422],
  handle: async ({ body, principal, idempotencyKey }, { skills }: Port) => ({ body: kept(await skills.put(principal, body, idempotencyKey)) }),
});
