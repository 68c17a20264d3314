/** The OpenAPI 3.1 document of a surface, made from its routes' schemas. The committed copies are in docs/openapi; a test compares them. */
import { z } from 'zod';
import type { Reply, Route, SocketRoute } from './route';
import { SCOPES, type Scope } from './scope';
import type { SurfaceDefinition } from './surface';

type Json = Record<string, unknown>;

const HEADERS = {
  idempotency: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  lastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    description: 'Where a stream resumes; browsers send it by themselves.',
    schema: { type: 'string' },
  },
} as const;

/** Collects named schemas as `components.schemas` while documents refer to them. */
class Components {
  readonly schemas: Json = {};

  schema(schema: z.ZodType): Json {
    const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json & { $defs?: Json };
    const definitions = $defs ?? {};
    for (const [name, value] of Object.entries(definitions)) this.schemas[name.startsWith('__') ? 'Json' : name] ??= hoist(value);
    const hoisted = hoist(rest) as Json;
    const id = z.globalRegistry.get(schema)?.id;
    if (id === undefined) return hoisted;
    delete hoisted.id;
    this.schemas[id] ??= hoisted;
    return { $ref: `#/components/schemas/${id}` };
  }
}

/** References inside one schema become references into the document. The only schema that refers to itself is that of any JSON value. */
function hoist(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hoist);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace(/^#\/\$defs\/__schema\d+$/, '#/components/schemas/Json').replace('#/$defs/', '#/components/schemas/')
        : hoist(inner),
    ]),
  );
}

function parameters(components: Components, schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const { properties = {}, required = [] } = components.schema(schema) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function content(components: Components, reply: Reply): Json {
  const kinds: Json = {};
  if (reply.body) kinds['application/json'] = { schema: components.schema(reply.body) };
  if (reply.stream) kinds['text/event-stream'] = { schema: { type: 'string' } };
  return { description: reply.description, ...(Object.keys(kinds).length === 0 ? {} : { content: kinds }) };
}

/** Answers of one status are one entry: a stream and a body at the same status differ by content type. */
function responses(components: Components, route: Pick<Route<void>, 'reply' | 'also'>): Json {
  const entries: Record<string, Json> = {};
  for (const reply of [route.reply, ...(route.also ?? [])]) {
    const entry = content(components, reply);
    const before = entries[reply.status];
    entries[reply.status] = before ? { ...before, content: { ...(before.content as Json), ...(entry.content as Json) } } : entry;
  }
  return { ...entries, default: { $ref: '#/components/responses/Fault' } };
}

const security = (scope: Scope): Json => ({ 'x-scope': scope, security: scope === 'public' ? [] : [{ bearer: [scope] }] });

const pathOf = (path: string): string => path.replace(/:([A-Za-z]+)/g, '{$1}');

function operation(components: Components, route: Route<never>): Json {
  const headers = [route.idempotent ? HEADERS.idempotency : null, route.reply.stream || route.also?.some((reply) => reply.stream) ? HEADERS.lastEventId : null];
  const found = [
    ...parameters(components, route.params, 'path'),
    ...parameters(components, route.query, 'query'),
    ...headers.filter((header) => header !== null),
  ];
  return {
    summary: route.summary,
    ...security(route.scope),
    ...(found.length === 0 ? {} : { parameters: found }),
    ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: components.schema(route.body) } } } } : {}),
    responses: responses(components, route as unknown as Route<void>),
  };
}

const socketOperation = (components: Components, socket: SocketRoute<never>): Json => ({
  summary: socket.summary,
  ...security(socket.scope),
  parameters: [...parameters(components, socket.params, 'path'), ...parameters(components, socket.query, 'query')],
  responses: {
    101: { description: 'Switching to a WebSocket.' },
    426: { $ref: '#/components/responses/Fault' },
    default: { $ref: '#/components/responses/Fault' },
  },
});

export function openapi(surface: Pick<SurfaceDefinition<never>, 'title' | 'description' | 'faultSchema' | 'routes' | 'sockets'>): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const route of surface.routes) (paths[pathOf(route.path)] ??= {})[route.method] = operation(components, route);
  for (const socket of surface.sockets ?? []) (paths[pathOf(socket.path)] ??= {}).get = socketOperation(components, socket);
  const fault = {
    description: 'A refusal or a failure; `code` says which. docs/errors.md lists the codes.',
    content: { 'application/json': { schema: components.schema(surface.faultSchema) } },
  };
  return {
    openapi: '3.1.0',
    info: { title: surface.title, description: surface.description, version: '1.0.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: { Fault: fault },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: `Scopes: ${Object.entries(SCOPES)
            .map(([name, what]) => `\`${name}\` ${what}`)
            .join(' ')}`,
        },
      },
    },
  };
}
