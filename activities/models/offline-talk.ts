/** Models of scripts without a network: what comes of the input alone, so that every script can be tried offline. Nobody is charged. */
import { createHash } from 'node:crypto';
import type { Json } from '../../src/contracts/pattern/json';
import type { MockTask, TalkAnswer, TalkRequest, TalkTurn } from '../../src/contracts/script/talk';
import { estimatedTokens } from './streamed-answer';

const SHOWN = 200;
/** Numbers of a vector. */
const DIMENSIONS = 64;

export const MOCK = 'mock';

export function offlineTalk({ turns, mock }: Pick<TalkRequest, 'turns' | 'mock'>): TalkAnswer {
  const asked = wordsOf(turns);
  const text = answerTo(mock, asked);
  return { text, calls: [], use: { model: MOCK, tokensIn: estimatedTokens(asked), tokensOut: estimatedTokens(text), latencyMs: 0 } };
}

function wordsOf(turns: readonly TalkTurn[]): string {
  const last = turns.at(-1);
  if (!last) return '';
  return last.role === 'tools' ? last.results.map(({ text }) => text).join('\n') : last.text;
}

function answerTo(task: MockTask, asked: string): string {
  switch (task.kind) {
    case 'text':
    case 'work':
      return `mock: ${asked.slice(0, SHOWN)}`;
    case 'choice':
      return JSON.stringify({ choice: task.choices[0] ?? '', reason: 'mock' });
    case 'fields':
      return JSON.stringify(Object.fromEntries(Object.entries(task.fields).map(([name, type]) => [name, valueOf(type)])));
    case 'script':
      return 'script "mock-plan"\n\nemit\n  text = "mock plan"\n';
  }
}

/** By the name of the type, without its constraints. */
function valueOf(type: string): Json {
  const [name = ''] = /^[a-z]+/i.exec(type) ?? [];
  if (/^(number|float|double|integer|int|int32|int64|long)$/.test(name)) return 0;
  if (/^bool(ean)?$/.test(name)) return false;
  if (name === 'list') return [];
  if (name === 'object') return {};
  if (name === 'date') return '2026-01-01';
  if (/^(timestamp|datetime)$/.test(name)) return '2026-01-01T00:00:00Z';
  return MOCK;
}

/** Words in common make texts alike. Of length 1. */
export function offlineVector(text: string): readonly number[] {
  const sums = new Array<number>(DIMENSIONS).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const digest = createHash('sha256').update(word).digest();
    const at = digest.readUInt16BE(0) % DIMENSIONS;
    sums[at] = (sums[at] ?? 0) + 1;
  }
  const length = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? [1, ...sums.slice(1)] : sums.map((value) => Math.round((value / length) * 1e6) / 1e6);
}
