/** The OpenAPI 3.1 document of a surface, made from its routes' schemas. The committed copies are in docs/openapi; a test compares them. */
import { z } from 'zod';
import { faultAnswers, faultReference, faultStatuses } from './fault-answers';
import { operationIdOf } from './operation-id';
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

/** A stream is text of server-sent events; what its events hold stands beside it. */
function eventStream(components: Components, { events }: Reply): Json {
  const said = Object.entries(events ?? {}).map(([name, schema]) => [name, components.schema(schema)]);
  return { schema: { type: 'string' }, ...(said.length === 0 ? {} : { 'x-events': Object.fromEntries(said) as Json }) };
}

function content(components: Components, reply: Reply): Json {
  const kinds: Json = {};
  if (reply.body) kinds[reply.text?.split(';')[0] ?? 'application/json'] = { schema: components.schema(reply.body) };
  if (reply.stream) kinds['text/event-stream'] = eventStream(components, reply);
  if (reply.lines) kinds['application/x-ndjson'] = { schema: { type: 'string' } };
  return { description: reply.description, ...(Object.keys(kinds).length === 0 ? {} : { content: kinds }) };
}

/** Answers of one status are one entry: a stream and a body at the same status differ by content type. */
function replies(components: Components, route: Pick<Route<void>, 'reply' | 'also' | 'examples'>): Json {
  const entries: Record<string, Json> = {};
  for (const reply of [route.reply, ...(route.also ?? [])]) {
    const entry = content(components, reply);
    const before = entries[reply.status];
    entries[reply.status] = before ? { ...before, content: { ...(before.content as Json), ...(entry.content as Json) } } : entry;
  }
  const shown = entries[route.reply.status]?.content as Record<string, Json> | undefined;
  if (route.examples?.reply !== undefined && shown?.['application/json']) shown['application/json'].example = route.examples.reply;
  return entries;
}

const security = (scope: Scope): Json => ({ 'x-scope': scope, security: scope === 'public' ? [] : [{ bearer: [scope] }, { apiKey: [scope] }] });

const pathOf = (path: string): string => path.replace(/:([A-Za-z]+)/g, '{$1}');

/** `/api/managed-threads/:id` is of `managed-threads`. */
const tagOf = (path: string): string => path.split('/').filter((segment) => segment !== '' && segment !== 'api' && segment !== 'v1')[0] ?? 'everthread';

function requestBody(components: Components, schema: z.ZodType, { raw, textBody, examples }: Pick<Route<never>, 'raw' | 'textBody' | 'examples'>): Json {
  const texts = (textBody?.types ?? []).map((type) => [type, { schema: { type: 'string' } }] as const);
  const named = Object.entries(examples?.bodies ?? {}).map(([name, value]) => [name, { value }]);
  return {
    // A route whose body may be empty may be called without one.
    required: !schema.safeParse({}).success,
    content: {
      [raw ? '*/*' : 'application/json']: { schema: components.schema(schema), ...(named.length === 0 ? {} : { examples: Object.fromEntries(named) as Json }) },
      ...Object.fromEntries(texts),
    },
  };
}

/** The document while its operations are added. */
class Draft {
  readonly components = new Components();
  readonly paths: Record<string, Json> = {};
  readonly faults = new Set<number>();

  route(route: Route<never>): void {
    const { components } = this;
    const streams = [route.reply, ...(route.also ?? [])].some((reply) => reply.stream);
    const headers = [route.idempotent ? HEADERS.idempotency : null, streams ? HEADERS.lastEventId : null];
    const found = [
      ...parameters(components, route.params, 'path'),
      ...parameters(components, route.query, 'query'),
      ...headers.filter((header) => header !== null),
    ];
    const answers = replies(components, route as unknown as Route<void>);
    const refusals = this.refusals({ ...route, takesBody: route.body !== undefined, faults: route.faults ?? [] });
    (this.paths[pathOf(route.path)] ??= {})[route.method] = {
      operationId: route.operationId ?? operationIdOf(route.method, route.path),
      tags: [tagOf(route.path)],
      summary: route.summary,
      ...security(route.scope),
      ...(found.length === 0 ? {} : { parameters: found }),
      ...(route.body ? { requestBody: requestBody(components, route.body, route) } : {}),
      responses: { ...refusals, ...answers },
    };
  }

  socket(socket: SocketRoute<never>): void {
    const { components } = this;
    const path = (this.paths[pathOf(socket.path)] ??= {});
    const operationId = socket.operationId ?? operationIdOf('get', socket.path);
    const upgraded = { description: 'Switching to a WebSocket.' };
    if (path.get) {
      // The same address serves both; what only the upgrade takes stands beside what the request takes.
      const plain = path.get as Json;
      const query = parameters(components, socket.query, 'query');
      path.get = {
        ...plain,
        'x-websocket': { operationId, summary: socket.summary, parameters: query },
        responses: { 101: upgraded, ...(plain.responses as Json) },
      };
      return;
    }
    path.get = {
      operationId,
      tags: [tagOf(socket.path)],
      summary: socket.summary,
      'x-websocket': true,
      ...security(socket.scope),
      parameters: [...parameters(components, socket.params, 'path'), ...parameters(components, socket.query, 'query')],
      responses: {
        101: upgraded,
        ...this.refusals({ ...socket, method: null, takesBody: false, faults: socket.faults ?? [] }),
      },
    };
  }

  private refusals(asked: Parameters<typeof faultStatuses>[0]): Json {
    const statuses = faultStatuses(asked);
    for (const status of statuses) this.faults.add(status);
    return Object.fromEntries(statuses.map((status) => [status, faultReference(status)]));
  }
}

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: `An API key or a JWT. Scopes: ${Object.entries(SCOPES)
      .map(([name, what]) => `\`${name}\` ${what}`)
      .join(' ')}`,
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key, with the same scopes.' },
} as const;

export function openapi(surface: Pick<SurfaceDefinition<never>, 'title' | 'description' | 'faultSchema' | 'routes' | 'sockets'>): Json {
  const draft = new Draft();
  for (const route of surface.routes) draft.route(route);
  for (const socket of surface.sockets ?? []) draft.socket(socket);
  const fault = draft.components.schema(surface.faultSchema);
  const tags = [...new Set([...surface.routes, ...(surface.sockets ?? [])].map(({ path }) => tagOf(path)))].sort();
  return {
    openapi: '3.1.0',
    info: { title: surface.title, description: surface.description, version: '1.0.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    tags: tags.map((name) => ({ name })),
    paths: draft.paths,
    components: {
      schemas: Object.fromEntries(Object.entries(draft.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: faultAnswers(draft.faults, fault),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
