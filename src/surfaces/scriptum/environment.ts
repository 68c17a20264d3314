/** The environment of a tenant, and what scripts lay over it. */
import type { EnvVar } from '../../contracts/script/ports';
import { EnvVar_Origin } from './generated/dodil/scriptum/v1/environment_pb';
import type { Methods } from './methods';
import { pageOf, required } from './requests';
import { msOf } from './values';

const read = { scope: 'scripts:read', resource: 'environment' } as const;
const write = { scope: 'scripts:write', resource: 'environment' } as const;
const ORIGINS = { tenant: EnvVar_Origin.TENANT, script: EnvVar_Origin.SCRIPT } as const;

const variableView = ({ key, value, secret, description, origin, updatedAt }: EnvVar) => ({
  ...{ key, value, secret, description },
  origin: ORIGINS[origin],
  updatedAtMs: msOf(updatedAt),
});

export const environmentMethods = {
  setEnvVar: {
    ...write,
    summary: 'Set a variable of the tenant',
    examples: { bodies: { secret: { key: 'INVOICE_API_KEY', value: 'sk-1', secret: true } } },
    handle: async ({ key, value, secret, description }, { principal }, { environment }) =>
      variableView(await environment.set(principal, { key: required('key', key), value, secret, description })),
  },
  getEnvVar: {
    // Only who may set secrets may read them.
    ...{ ...read, scope: 'scripts:write' },
    summary: 'Read a variable of the tenant with its value',
    handle: async ({ key }, { principal }, { environment }) => variableView(await environment.get(principal, required('key', key))),
  },
  deleteEnvVar: {
    ...write,
    summary: 'Delete a variable of the tenant',
    handle: async ({ key }, { principal }, { environment }) => {
      await environment.delete(principal, required('key', key));
      return {};
    },
  },
  listEnvVars: {
    ...read,
    summary: 'List the variables of the tenant by key; what is secret is masked',
    handle: async (input, { principal }, { environment }) => {
      const { items, nextPageToken } = await environment.list(principal, input.prefix, pageOf(input));
      return { variables: items.map(variableView), nextPageToken };
    },
  },
  importEnvVars: {
    ...write,
    summary: 'Set many variables of the tenant, or none',
    examples: { bodies: { file: { content: 'INVOICE_API=https://example.com\n' } } },
    handle: async ({ values, content, overwrite }, { principal }, { environment }) => {
      const { imported, skipped } = await environment.import(principal, { values, content, overwrite });
      return { imported: [...imported], skipped: [...skipped] };
    },
  },
  getScriptEnv: {
    ...read,
    summary: 'Read the environment of a script; what is secret is masked',
    handle: async ({ name, effective }, { principal }, { environment }) => ({
      variables: (await environment.ofScript(principal, required('name', name), effective)).map(variableView),
    }),
  },
  updateScriptEnv: {
    ...write,
    summary: 'Change what a script lays over the environment of the tenant',
    examples: { bodies: { both: { set: { INVOICE_API: 'https://example.org' }, delete: ['OLD'] } } },
    handle: async (input, { principal }, { environment }) => ({
      variables: (await environment.updateScript(principal, required('name', input.name), { set: input.set, delete: input.delete })).map(variableView),
    }),
  },
} satisfies Partial<Methods>;
