/**
 * Drives one adapter's CLI in a real ptyd, as a host does, without Temporal or a database:
 *
 * ```ts
 * const world = await startPtydWorld();
 * const driver = await launchSession(world, shellAdapter, { preset: 'standard', cwd, env: { HOME: home } });
 * await driver.watch('start');                                   // {kind: 'ready', …}
 * const outcome = await driver.turn('echo hello');               // types the message, watches until ready, blocked or exited
 * if (outcome.kind === 'blocked') await driver.answer(outcome.ask, { approve: true });
 * await driver.end();                                            // ends everything the session started
 * ```
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, Keystroke, LaunchContext, Launch, SessionRecord, Screen } from '../../activities/agents/adapter';
import { RecordsReader } from '../../activities/terminal/records';
import { blankScreen } from '../../activities/terminal/screen-text';
import { SessionFiles, type SentFact } from '../../activities/terminal/session-files';
import { watchSession } from '../../activities/terminal/watch-loop';
import type { Answer, Ask } from '../../src/contracts/managed-thread/ask';
import type { WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import { program } from './ptyd-build';
import { TEST_ENV, type PtydWorld } from './ptyd-world';

export interface SessionOptions {
  readonly preset?: LaunchContext['preset'];
  /** Default: an empty folder. */
  readonly cwd?: string;
  /** Added to {@link TEST_ENV}. */
  readonly env?: Readonly<Record<string, string>>;
  readonly conversationId?: string | null;
  readonly requireWorkspaceBoundary?: boolean;
  readonly contextFiles?: readonly string[];
}

export interface SessionDriver {
  readonly sessionId: string;
  readonly launch: Launch;
  readonly cwd: string;
  /** Facts that watches told (tools, finished messages, conversation), in order. */
  readonly facts: readonly SentFact[];
  watch(purpose: 'start' | 'turn' | 'follow', options?: { currentAsk?: Ask | null; key?: string; signal?: AbortSignal }): Promise<WatchOutcome>;
  /** Types keystrokes after keeping the baseline that the next watch starts from. */
  type(keystrokes: readonly Keystroke[]): Promise<void>;
  /** A message, then a watch for its turn. */
  turn(text: string): Promise<WatchOutcome>;
  /** An answer, then a watch for what follows. Throws when the adapter cannot answer so. */
  answer(ask: Ask, answer: Answer): Promise<WatchOutcome>;
  screen(): Promise<Screen>;
  /** The screen as text, with scrollback: for looking at it when a test fails. */
  text(): Promise<string>;
  records(): readonly SessionRecord[];
  end(graceMs?: number): Promise<{ exitCode: number | null; signal: string | null }>;
}

export async function launchSession(world: PtydWorld, adapter: Adapter, options: SessionOptions = {}): Promise<SessionDriver> {
  const sessionId = `driver-${randomUUID().slice(0, 8)}.1`;
  const files = new SessionFiles(join(world.dir, 'sessions'), sessionId);
  files.create();
  const cwd = options.cwd ?? mkdtempSync(join(world.dir, 'work-'));
  const env = { ...TEST_ENV, ...options.env };
  const launch = await adapter.launch({
    sessionId,
    threadId: sessionId.split('.')[0] ?? sessionId,
    cwd,
    preset: options.preset ?? 'standard',
    requireWorkspaceBoundary: options.requireWorkspaceBoundary ?? false,
    sessionDir: files.settings,
    recordsFile: files.recordsFile,
    recordCommand: [process.execPath, program('src/ptyd/record.js'), files.recordsFile],
    env,
    conversationId: options.conversationId ?? null,
    contextFiles: options.contextFiles ?? [],
  });
  files.keepBaseline({ id: 'start', screen: blankScreen(), recordsBytes: 0 }, true);
  const { command, args, cols = 120, rows = 40 } = launch;
  await world.client.start({ session: sessionId, command, args: [...args], cwd, env: { ...env, ...launch.env }, cols, rows });

  const facts: SentFact[] = [];
  let watches = 0;
  let asks = 0;
  const records = new RecordsReader(files.recordsFile);

  const driver: SessionDriver = {
    sessionId,
    launch,
    cwd,
    facts,
    watch: async (purpose, { currentAsk = null, key = `watch-${++watches}`, signal = new AbortController().signal } = {}) => {
      const outcome = await watchSession(
        { ptyd: world.client, adapter, files, redact: (text) => text, observe: async (fact) => void facts.push(fact), frame: () => undefined },
        { sessionId, turnId: `${sessionId}/turn`, purpose, askOrdinal: asks, currentAsk, key },
        { signal, heartbeat: () => undefined },
      );
      if (outcome.kind === 'blocked' && outcome.ask.id !== currentAsk?.id) asks++;
      return outcome;
    },
    type: async (keystrokes) => {
      const id = randomUUID();
      const { screen } = await world.client.screen(sessionId);
      files.keepBaseline({ id, screen, recordsBytes: files.recordsBytes() }, true);
      await world.client.write(sessionId, id, keystrokes);
    },
    turn: async (text) => {
      await driver.type(adapter.message(text));
      return driver.watch('turn');
    },
    answer: async (ask, answer) => {
      const keystrokes = adapter.answer(ask, answer);
      if (!keystrokes) throw new Error(`${adapter.type} cannot answer ${JSON.stringify(ask)} by ${JSON.stringify(answer)}`);
      await driver.type(keystrokes);
      return driver.watch('follow', { currentAsk: ask });
    },
    screen: async () => (await world.client.screen(sessionId)).screen,
    text: async () => {
      const screen = await driver.screen();
      return [...screen.scrollback, ...screen.lines].join('\n').trimEnd();
    },
    records: () => {
      records.read();
      return records.since(0).records;
    },
    end: async (graceMs = 0) => {
      const ended = await world.client.end(sessionId, graceMs, adapter.leave() ?? undefined);
      await world.client.forget(sessionId);
      return ended;
    },
  };
  return driver;
}
