/** A model on loopback for runs: a test says what it answers to each request, over either wire, streamed; also failures, and answers that never end. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ToldCall {
  readonly id: string;
  readonly name: string;
  /** Pieces of the JSON of the arguments. */
  readonly args: readonly string[];
}
export type ModelAnswer =
  | {
      readonly text?: readonly string[];
      /** Before the text. */
      readonly thinking?: readonly string[];
      /** Over the wire of Anthropic: what the text cites. */
      readonly sources?: readonly { readonly url: string; readonly title: string }[];
      readonly calls?: readonly ToldCall[];
      readonly usage?: boolean;
      readonly breaksOff?: boolean;
      readonly hangs?: boolean;
    }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

export interface ModelAsked {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}
export interface StreamingModel {
  readonly url: string;
  readonly asked: readonly ModelAsked[];
  /** Requests whose caller went away before the answer was complete. */
  readonly abandoned: () => number;
  close(): Promise<void>;
}

type Event = readonly [name: string | null, data: unknown];

function openAiEvents({ text = [], thinking = [], calls = [], usage = true }: Exclude<ModelAnswer, { status: number }>): Event[] {
  const chunk = (delta: unknown, finish: string | null = null): Event => [
    null,
    { id: 'c', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] },
  ];
  return [
    chunk({ role: 'assistant' }),
    ...thinking.map((piece) => chunk({ reasoning_content: piece })),
    ...text.map((content) => chunk({ content })),
    ...calls.flatMap(({ id, name, args }, index) => [
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
      ...args.map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
    chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    ...(usage
      ? ([
          [
            null,
            {
              id: 'c',
              object: 'chat.completion.chunk',
              created: 0,
              model: 'm',
              choices: [],
              usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 },
            },
          ],
        ] as Event[])
      : []),
    [null, '[DONE]'],
  ];
}

function anthropicEvents({ text = [], thinking = [], sources = [], calls = [] }: Exclude<ModelAnswer, { status: number }>): Event[] {
  const named = (type: string, data: object): Event => [type, { type, ...data }];
  const block = (index: number, content_block: object, deltas: readonly object[]): Event[] => [
    named('content_block_start', { index, content_block }),
    ...deltas.map((delta) => named('content_block_delta', { index, delta })),
    named('content_block_stop', { index }),
  ];
  const thought = thinking.length > 0 ? 1 : 0;
  const said = thought + (text.length > 0 ? 1 : 0);
  const cited = sources.map(({ url, title }) => ({
    type: 'citations_delta',
    citation: { type: 'web_search_result_location', cited_text: 'as is written', url, title, encrypted_index: 'x' },
  }));
  return [
    named('message_start', {
      message: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 120, output_tokens: 1 },
      },
    }),
    ...(thought
      ? block(0, { type: 'thinking', thinking: '', signature: '' }, [
          ...thinking.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
          { type: 'signature_delta', signature: 'signed' },
        ])
      : []),
    ...(said > thought ? block(thought, { type: 'text', text: '' }, [...text.map((piece) => ({ type: 'text_delta', text: piece })), ...cited]) : []),
    ...calls.flatMap(({ id, name, args }, at) =>
      block(
        said + at,
        { type: 'tool_use', id, name, input: {} },
        args.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      ),
    ),
    named('message_delta', { delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null }, usage: { output_tokens: 30 } }),
    named('message_stop', {}),
  ];
}

export async function startStreamingModel(answer: (asked: ModelAsked, count: number) => ModelAnswer): Promise<StreamingModel> {
  const asked: ModelAsked[] = [];
  let abandoned = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const piece of request as AsyncIterable<Buffer>) text += piece.toString('utf8');
    const one: ModelAsked = { path: request.url ?? '', headers: request.headers, body: JSON.parse(text || '{}') as Record<string, unknown> };
    asked.push(one);
    response.on('close', () => (abandoned += response.writableEnded ? 0 : 1));
    const said = answer(one, asked.length);
    if ('status' in said) return void response.writeHead(said.status, { 'content-type': 'application/json', ...said.headers }).end(said.body);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = one.path.endsWith('/messages') ? anthropicEvents(said) : openAiEvents(said);
    const upTo = said.breaksOff || said.hangs ? Math.ceil(events.length / 2) : events.length;
    for (const [name, data] of events.slice(0, upTo))
      response.write(`${name ? `event: ${name}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
    if (!said.hangs) response.end();
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    abandoned: () => abandoned,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
