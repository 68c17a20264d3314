/** The methods of the service as routes: the message of a request is what its path, query and body say together, in proto3 JSON. */
import { create, fromJson, ScalarType, toJson, type DescMessage, type DescMethod, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import { Fault } from '../../errors/fault';
import { replayedHeader } from '../http/keyed';
import { resumePoint } from '../http/resume';
import type { Route, RouteRequest } from '../http/route';
import type { SseMessage } from '../http/sse';
import { bindingsOf, type Binding } from './bindings';
import { assertWithinBounds } from './message-bounds';
import { pathSchema, querySchema, requestSchema, responseSchema } from './message-schema';
import { METHODS } from './method-table';
import type { AnyMethod, Call, OpenStream, Streamed } from './methods';
import type { ScriptumPorts } from './ports';
import { respelledBody, respelledQuery } from './spelling';

const jsonOf = (desc: DescMessage, init: unknown): JsonValue => toJson(desc, create(desc, init as never), { alwaysEmitImplicit: true });

/** Words of a query as JSON has them. */
function fromQuery(message: DescMessage, query: Readonly<Record<string, unknown>>): Record<string, JsonValue> {
  const found = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, value === 'true' || value === 'false' ? boolean(message, name, value) : value]];
  });
  return Object.fromEntries(found) as Record<string, JsonValue>;
}

/** The text `true` is one of a text field all the same. */
const boolean = (message: DescMessage, name: string, value: string): JsonValue => {
  const field = message.fields.find(({ jsonName }) => jsonName === name);
  return field?.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL ? value === 'true' : value;
};

function messageOf(message: DescMessage, json: Readonly<Record<string, JsonValue>>): MessageShape<DescMessage> {
  try {
    return fromJson(message, json);
  } catch (problem) {
    throw new Fault('invalid', 'request.invalid', `The request cannot be read: ${problem instanceof Error ? problem.message : ''}`, {
      field: '(body)',
      in: 'body',
    });
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (value ?? {}) as Readonly<Record<string, unknown>>;

function callOf(request: RouteRequest, streams: boolean, replayed: () => void): Call {
  const { principal, requestId, idempotencyKey } = request;
  return { principal, requestId, idempotencyKey, replayed, resumeAfter: streams ? resumePoint(request) : null, signal: request.signal };
}

async function* messagesOf(output: DescMessage, source: AsyncIterable<Streamed<unknown>>): AsyncGenerator<SseMessage, void, void> {
  for await (const { message, sequence, event } of source) yield { ...(sequence !== null && { id: String(sequence) }), event, data: jsonOf(output, message) };
}

function handle({ descriptor, handle: work }: AnyMethod): Route<ScriptumPorts>['handle'] {
  const { input, output } = descriptor;
  const streams = descriptor.methodKind === 'server_streaming';
  return async (request, ports) => {
    const { params, query, body } = request;
    const message = messageOf(input, { ...fromQuery(input, objectOf(query)), ...objectOf(body), ...objectOf(params) } as Record<string, JsonValue>);
    assertWithinBounds(input, message);
    let isReplayed = false;
    const answer = await work(
      message,
      callOf(request, streams, () => (isReplayed = true)),
      ports,
    );
    if (!streams) return { body: jsonOf(output, answer), headers: replayedHeader(isReplayed) };
    const open = answer as OpenStream;
    return {
      ...((request.headers.accept ?? '').includes('application/x-ndjson') && { framing: 'ndjson' as const }),
      messages: (signal: AbortSignal) => messagesOf(output, open(signal)),
    };
  };
}

function routeOf(method: AnyMethod, { method: verb, path, fields, hasBody }: Binding, operationId: string): Route<ScriptumPorts> {
  const { descriptor, summary, scope, limit, readsOnly, resource, idempotent, examples } = method;
  const { input, output } = descriptor;
  const rest = input.fields.length > fields.length;
  const streams = descriptor.methodKind === 'server_streaming';
  const answer = responseSchema(output);
  return {
    ...{ method: verb, path, summary, scope, resource, operationId },
    ...(limit && { limit }),
    ...(readsOnly && { readsOnly }),
    ...(idempotent && { idempotent }),
    ...(examples && { examples }),
    ...(fields.length > 0 && { params: pathSchema(input, fields) }),
    ...(!hasBody && rest && { query: querySchema(input, fields) }),
    ...(hasBody && { body: requestSchema(input, fields) }),
    respell: {
      query: (search) => respelledQuery(input, search),
      body: (value) => respelledBody(input, value),
    },
    reply: streams
      ? {
          status: 200,
          description: 'Messages as they come; as lines of JSON where `Accept` names application/x-ndjson.',
          stream: true,
          lines: true,
          events: { '*': answer },
        }
      : { status: 200, description: summary, body: answer },
    handle: handle(method),
  };
}

const lowered = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** `getScriptCode`, and where the version is in the address `getScriptCodeByVersion`. */
function operationIdOf({ name }: DescMethod, { fields }: Binding, first: Binding): string {
  const more = fields.filter((field) => !first.fields.includes(field));
  return `${lowered(name)}${more.length === 0 ? '' : `By${more.map((field) => field.charAt(0).toUpperCase() + field.slice(1)).join('And')}`}`;
}

export const scriptumRoutes: readonly Route<ScriptumPorts>[] = METHODS.flatMap((method) => {
  const bindings = bindingsOf(method.descriptor);
  return bindings.map((binding) => routeOf(method, binding, operationIdOf(method.descriptor, binding, bindings[0] as Binding)));
});
