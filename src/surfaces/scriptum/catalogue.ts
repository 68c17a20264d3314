/** What is there for scripts: tools and templates; and whether the service serves. */
import { HealthCheckResponse_Status } from './generated/dodil/scriptum/v1/catalogue_pb';
import type { Methods } from './methods';
import { required } from './requests';
import { templateView, toolEntryView } from './script-views';

const open = { scope: 'public', resource: 'catalogue' } as const;

export const catalogueMethods = {
  listTools: {
    ...{ scope: 'scripts:read', resource: 'catalogue' },
    summary: 'List the tools that scripts can import',
    handle: async ({ source, query }, { principal }, { scripts }) => ({ tools: (await scripts.tools(principal, { source, query })).map(toolEntryView) }),
  },
  listTemplates: {
    ...open,
    summary: 'List templates of scripts',
    handle: async ({ tags }, _call, { scripts }) => ({ templates: scripts.templates({ tags }).map(templateView) }),
  },
  getTemplate: {
    ...open,
    summary: 'Read a template',
    handle: async ({ name }, _call, { scripts }) => templateView(scripts.template(required('name', name))),
  },
  healthCheck: {
    ...open,
    summary: 'Whether the service serves',
    handle: async (_input, _call, { health }) => ({
      status: (await health.serving()) ? HealthCheckResponse_Status.SERVING : HealthCheckResponse_Status.NOT_SERVING,
      version: health.version,
    }),
  },
} satisfies Partial<Methods>;
