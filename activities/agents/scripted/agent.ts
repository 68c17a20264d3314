/**
 * A coding agent for tests: a small terminal program that does what its messages tell it (see ./commands.ts), keeps its conversation and tells
 * what it does as structured events. Nothing is simulated in between: it is started, typed to, watched and ended like every other CLI.
 *
 * `node agent.js [--resume ID]`. Environment: EVERTHREAD_SCRIPTED_STATE (folder of conversations), EVERTHREAD_SCRIPTED_RECORDS (the session's records file),
 * EVERTHREAD_SCRIPTED_HOOK (JSON argv of the record command: then records go through it, as with a real CLI's hooks), EVERTHREAD_SCRIPTED_LOG (every
 * input, one JSON object per line), EVERTHREAD_SCRIPTED_START_MS (how long the start takes).
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordLine } from '../../../src/ptyd/record-line';
import { commandsOf, type ScriptedCommand } from './commands';
import { Conversation } from './conversation';
import { LineEditor } from './line-editor';
import { ASK_OPTIONS, PROMPT, PROMPTS, type ScriptedEvent } from './events';

const env = process.env;
const MESSAGES_WAITING = 100;

const print = (text: string): void => void process.stdout.write(text.replaceAll('\n', '\r\n'));

function log(kind: 'line' | 'answer' | 'interrupt' | 'start', text: string): void {
  if (env.EVERTHREAD_SCRIPTED_LOG) appendFileSync(env.EVERTHREAD_SCRIPTED_LOG, `${JSON.stringify({ at: Date.now(), pid: process.pid, kind, text })}\n`);
}

function record(event: ScriptedEvent): void {
  const payload = JSON.stringify(event);
  try {
    if (env.EVERTHREAD_SCRIPTED_HOOK) {
      const [command = '', ...args] = JSON.parse(env.EVERTHREAD_SCRIPTED_HOOK) as string[];
      spawnSync(command, [...args, 'agent'], { input: payload, stdio: ['pipe', 'ignore', 'ignore'], timeout: 10_000 });
    } else if (env.EVERTHREAD_SCRIPTED_RECORDS) appendFileSync(env.EVERTHREAD_SCRIPTED_RECORDS, recordLine('agent', payload, Date.now()));
  } catch {
    // Nobody listens.
  }
}

class Agent {
  private readonly waiting: string[] = [];
  private busy = false;
  private hung = false;
  private interrupted: () => void = () => undefined;
  private answered: ((answer: string | null) => void) | null = null;
  private readonly editor = new LineEditor({
    line: (text) => this.onLine(text),
    key: (key) => this.onKey(key),
    interrupt: () => this.onInterrupt(),
    draw: () => this.draw(),
  });

  constructor(private readonly conversation: Conversation) {}

  run(): void {
    process.stdin.setRawMode(true);
    process.stdin.on('data', (bytes: Buffer) => this.editor.feed(bytes));
    process.stdin.on('end', () => process.exit(0));
    for (const signal of ['SIGHUP', 'SIGTERM'] as const) process.on(signal, () => this.hung || process.exit(signal === 'SIGHUP' ? 129 : 143));
    print('\u001b[?2004h');
    this.draw();
    record({ event: 'session_start', conversationId: this.conversation.id });
  }

  /** The prompt with what was typed so far; while the agent is busy nothing is drawn. */
  private draw(): void {
    if (this.busy && !this.answered) return;
    const prompt = this.answered ? (this.editor.single ? PROMPTS.choice : PROMPTS.answer) : PROMPT;
    const columns = Math.max(20, process.stdout.columns || 120);
    print(`\r\u001b[K${prompt}${this.editor.line.replaceAll('\n', '⏎').slice(-(columns - prompt.length - 1))}`);
  }

  private onLine(text: string): void {
    if (this.hung) return;
    if (this.answered) return this.onAnswer(text);
    log('line', text);
    if (text.trim() === '') return;
    if (text.trim() === '/exit' && !this.busy) process.exit(0);
    if (this.busy) {
      if (this.waiting.length < MESSAGES_WAITING) this.waiting.push(text);
    } else void this.turns(text);
  }

  private onKey(key: string): void {
    if (ASK_OPTIONS.some(({ option }) => String(option) === key)) this.onAnswer(key);
  }

  private onAnswer(text: string): void {
    log('answer', text);
    const settle = this.answered;
    this.answered = null;
    this.editor.single = false;
    print('\n');
    settle?.(text);
  }

  private onInterrupt(): void {
    if (this.hung) return;
    log('interrupt', '');
    const settle = this.answered;
    this.answered = null;
    this.editor.single = false;
    settle?.(null);
    this.interrupted();
  }

  private async turns(first: string): Promise<void> {
    this.busy = true;
    for (let message: string | undefined = first; message !== undefined; message = this.waiting.shift()) {
      print('\n');
      await this.turn(message);
    }
    this.busy = false;
    this.draw();
  }

  private async turn(message: string): Promise<void> {
    record({ event: 'turn_start' });
    this.conversation.add(message);
    const said: string[] = [];
    let confidence: number | undefined;
    const stopped = new Promise<'stopped'>((settle) => (this.interrupted = () => settle('stopped')));
    let wasStopped = false;
    for (const command of commandsOf(message)) {
      const words = command.do === 'confidence' ? ((confidence = command.value), null) : await Promise.race([this.perform(command), stopped]);
      if (words === 'stopped' || words === INTERRUPTED) {
        wasStopped = true;
        break;
      }
      if (words === null) continue;
      said.push(words);
      print(`• ${words}\n`);
    }
    if (wasStopped) print('Interrupted.\n');
    this.busy = this.waiting.length > 0;
    this.draw();
    record({
      event: 'turn_end',
      message: wasStopped ? [...said, 'Interrupted.'].join('\n') : said.join('\n'),
      ...(confidence !== undefined && { confidence }),
    });
  }

  /** What the agent says to it, or null when it only does something. */
  private async perform(command: ScriptedCommand): Promise<string | null | typeof INTERRUPTED> {
    switch (command.do) {
      case 'say':
        record({ event: 'said', text: command.text });
        return command.text;
      case 'echo':
        return `You said: ${command.text}`;
      case 'work':
        print('Working…\n');
        await pause(command.ms);
        return null;
      case 'tool':
        print(`Running ${command.name}\n`);
        record({ event: 'tool_start', name: command.name });
        await pause(command.ms);
        record({ event: 'tool_end', name: command.name });
        return null;
      case 'ask':
        return this.ask(command.category, command.command);
      case 'question':
        return this.question(command.text);
      case 'login':
        return this.login();
      case 'daemon':
        return `The daemon is ${startDaemon()}`;
      case 'flood':
        for (let line = 1; line <= command.lines; line++) print(`flood ${line}\n`);
        return null;
      case 'hang':
        this.hung = true;
        print('Hanging.\n');
        return new Promise(() => setInterval(() => undefined, 60_000));
      case 'exit':
        print('Goodbye.\n');
        process.exit(command.code);
      case 'confidence':
        return null;
    }
  }

  private async ask(category: string, command: string): Promise<string | typeof INTERRUPTED> {
    const options = ASK_OPTIONS.map(({ option, label }) => `  ${option}. ${label}\n`).join('');
    print(`Permission required: ${category}\n  ${command}\n${options}`);
    const answer = await this.waitFor({ event: 'asked', kind: 'permission', text: `Permission required: ${category}\n${command}`, category, command }, true);
    if (answer === null) return INTERRUPTED;
    return answer === '3' ? `denied: ${command}` : `allowed${answer === '2' ? ' always' : ''}: ${command}`;
  }

  private async question(text: string): Promise<string | typeof INTERRUPTED> {
    print(`Question: ${text}\n`);
    const answer = await this.waitFor({ event: 'asked', kind: 'question', text }, false);
    return answer === null ? INTERRUPTED : `answered: ${answer}`;
  }

  private async login(): Promise<string | typeof INTERRUPTED> {
    print('Log in at https://login.invalid/device with the code ABCD-1234, then press Enter.\n');
    const answer = await this.waitFor(
      { event: 'asked', kind: 'login', text: 'Log in, then press Enter.', url: 'https://login.invalid/device', code: 'ABCD-1234' },
      false,
    );
    return answer === null ? INTERRUPTED : 'logged in';
  }

  private async waitFor(asked: Extract<ScriptedEvent, { event: 'asked' }>, single: boolean): Promise<string | null> {
    this.editor.single = single;
    const answer = new Promise<string | null>((settle) => (this.answered = settle));
    this.draw();
    record(asked);
    const given = await answer;
    record({ event: 'answered' });
    return given;
  }
}

const INTERRUPTED = Symbol('interrupted');
const pause = (ms: number): Promise<void> => new Promise((settle) => setTimeout(settle, ms));

/** A child that leaves process group, session and parent, as some agents' servers do. */
function startDaemon(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); process.on("SIGHUP", () => {}); process.on("SIGTERM", () => {})'], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  return child.pid ?? 0;
}

function open(): Conversation {
  const folder = env.EVERTHREAD_SCRIPTED_STATE ?? join(tmpdir(), 'everthread-scripted');
  const at = process.argv.indexOf('--resume');
  const wanted = at < 0 ? undefined : process.argv[at + 1];
  const found = wanted === undefined ? null : Conversation.load(folder, wanted);
  if (found) {
    print(`Resumed conversation ${found.id}: remembers ${found.length} messages.\n`);
    return found;
  }
  if (wanted !== undefined) print('No such conversation: this is a new one.\n');
  const conversation = Conversation.create(folder, randomUUID());
  print(`New conversation ${conversation.id}.\n`);
  return conversation;
}

async function main(): Promise<void> {
  print('Scripted agent\n');
  await pause(Number(env.EVERTHREAD_SCRIPTED_START_MS ?? 0));
  const conversation = open();
  log('start', conversation.id);
  new Agent(conversation).run();
}

void main();
