/** What the `ai` package has no provider for here: orders and transcripts, over the routes that OpenAI-compatible servers share. */
import { z } from 'zod';
import { failureOf } from '../../src/domain/run/cognition/failures';
import type { ChosenModel } from '../../src/domain/run/cognition/model-choice';
import { modelFailure } from './model-failure';

/** Bytes of an answer. */
const ANSWER_MAX = 4 * 1024 * 1024;

type Called = Pick<ChosenModel, 'baseUrl' | 'apiKey'>;

const Ranking = z.object({
  results: z.array(z.object({ index: z.int().min(0), relevance_score: z.number() })).max(10_000),
  usage: z
    .object({ total_tokens: z.int().min(0) })
    .partial()
    .optional(),
});

/** `POST …/rerank`, as Jina, Cohere, vLLM, llama.cpp and others have it. Faults `cognition.*`. */
export async function callRerank(
  chosen: ChosenModel,
  request: { readonly query: string; readonly documents: readonly string[]; readonly top: number },
  signal: AbortSignal,
): Promise<{ readonly ranking: readonly { readonly index: number; readonly score: number }[]; readonly tokens: number }> {
  const { query, documents, top } = request;
  const body = JSON.stringify({ model: chosen.model, query, documents, top_n: top });
  const { results, usage } = await called(chosen, { path: '/rerank', body, headers: { 'content-type': 'application/json' } }, Ranking, signal);
  const known = results.filter(({ index }) => index < documents.length).map(({ index, relevance_score: score }) => ({ index, score }));
  return { ranking: known.sort((a, b) => b.score - a.score).slice(0, top), tokens: usage?.total_tokens ?? 0 };
}

const Transcript = z.object({
  text: z.string().max(1_000_000),
  language: z.string().max(100).optional(),
  duration: z.union([z.number(), z.string().transform(Number)]).optional(),
  usage: z
    .object({ input_tokens: z.int().min(0), output_tokens: z.int().min(0) })
    .partial()
    .optional(),
});

/** `POST …/audio/transcriptions`. Faults `cognition.*`. */
export async function callTranscribe(
  chosen: ChosenModel,
  request: { readonly audio: Uint8Array; readonly mediaType: string; readonly language: string | null },
  signal: AbortSignal,
): Promise<z.output<typeof Transcript>> {
  const form = new FormData();
  const kind = /^[\w.+-]+\/([\w.+-]+)/.exec(request.mediaType)?.[1]?.replace(/^x-/, '') ?? 'bin';
  form.set('file', new Blob([Uint8Array.from(request.audio)], { type: request.mediaType }), `audio.${kind === 'mpeg' ? 'mp3' : kind}`);
  form.set('model', chosen.model);
  form.set('response_format', 'json');
  if (request.language !== null) form.set('language', request.language);
  return called(chosen, { path: '/audio/transcriptions', body: form, headers: {} }, Transcript, signal);
}

async function called<S extends z.ZodType>(
  { baseUrl, apiKey }: Called,
  { path, body, headers }: { readonly path: string; readonly body: string | FormData; readonly headers: Readonly<Record<string, string>> },
  shape: S,
  signal: AbortSignal,
): Promise<z.output<S>> {
  let answer: Response;
  let text: string;
  try {
    // A redirect could carry the key to another host, so there is none.
    answer = await fetch(`${baseUrl}${path}`, {
      ...{ method: 'POST', body, signal, redirect: 'error' as const },
      headers: { ...headers, ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }) },
    });
    text = await bounded(answer);
  } catch (problem) {
    signal.throwIfAborted();
    throw modelFailure(problem, false);
  }
  const problem = { status: answer.status, headers: Object.fromEntries(answer.headers), text, timedOut: false };
  if (!answer.ok) throw failureOf({ ...problem, unreadable: false }, Date.now());
  const read = shape.safeParse(jsonOf(text));
  if (read.success) return read.data;
  throw failureOf({ ...problem, status: null, text: `The answer of ${path} is none.`, unreadable: true }, Date.now());
}

async function bounded(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > ANSWER_MAX) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
