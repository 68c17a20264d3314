/**
 * Screens that real CLIs drew, captured and kept: test/unit/screens/<cli>/<name>.txt. The first line is JSON (title, cursor, size), the rest is what a
 * person would see. Paths of the capturing machine were replaced.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Screen, SessionRecord, SessionView } from '../../activities/agents/adapter';

export function goldenScreen(cli: string, name: string): Screen {
  const text = readFileSync(join(__dirname, '..', 'unit', 'screens', cli, `${name}.txt`), 'utf8');
  const [head = '{}', ...rest] = text.replace(/\n$/, '').split('\n');
  const about = JSON.parse(head) as Omit<Screen, 'lines' | 'scrollback'>;
  const lines = Array.from({ length: about.rows }, (_, row) => rest[row] ?? '');
  return { ...about, lines, scrollback: [] };
}

/** A view of a screen in the middle of a turn, with the records that hooks made since the watch began. */
export function viewOf(screen: Screen, data: readonly SessionRecord['data'][] = [], more: Partial<SessionView> = {}): SessionView {
  const records = data.map((each, at) => ({ source: 'hook', at, data: each }));
  return { screen, records, recordsBefore: 0, before: screen, quietMs: 1_000, sinceMs: 20_000, purpose: 'turn', ...more };
}
