/**
 * What the fake models understand, whichever wire they are asked over: the last words of the person, what tools answered since, and which tools
 * there are. {@link answer} is the script that all of them play; a test may play another.
 */

export interface Conversation {
  /** Everything that people said, oldest first, one entry a message (wrappings of the CLI included). */
  readonly users: readonly string[];
  /** What models said, oldest first. */
  readonly assistants: readonly string[];
  /** Answers of tools since the last words of a person. */
  readonly toolResults: readonly string[];
  /** Names of the tools on offer. */
  readonly tools: readonly string[];
}

export type Reply =
  | { readonly say: string; readonly afterMs?: number }
  /** A shell command. `escalated`: outside the sandbox, where the wire knows that difference. */
  | { readonly run: string; readonly escalated: boolean }
  | { readonly write: { readonly path: string; readonly content: string } };

export type Script = (conversation: Conversation) => Reply;

/**
 * The default script:
 * - `please-run <command>`: runs it (escalated), then says `ran it: <what the tool answered>`;
 * - `please-try <command>`: the same inside the CLI's sandbox;
 * - `please-write <path> <content>`: writes a file, then says `wrote it: …`;
 * - `please-wait <ms>`: says `waited` after that time;
 * - `please-remember`: lists what the person said before;
 * - anything else: `echo: <the text>`.
 */
export const answer: Script = ({ users, toolResults }) => {
  const last = users.at(-1) ?? '';
  const order = /^\s*please-(run|try|write|wait|remember)\b[ \t]*(.*)$/m.exec(last);
  if (!order) return { say: `echo: ${last.trim().slice(-2_000)}` };
  const [, verb, rest = ''] = order;
  const result = toolResults.at(-1);
  switch (verb) {
    case 'wait':
      return { say: 'waited', afterMs: Math.min(Number.parseInt(rest, 10) || 0, 60_000) };
    case 'remember':
      return { say: `before: ${users.slice(0, -1).join(' | ').slice(-1_000)}` };
    case 'write': {
      if (result !== undefined) return { say: `wrote it: ${result.trim().slice(0, 500)}` };
      const [path = 'file.txt', ...words] = rest.trim().split(' ');
      return { write: { path, content: `${words.join(' ')}\n` } };
    }
    default:
      return result === undefined ? { run: rest.trim(), escalated: verb === 'run' } : { say: `ran it: ${result.trim().slice(-500)}` };
  }
};

/** The text of a message's content, whatever shape it has: a string, parts with `text`, or a tool's result object. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textOf).filter(Boolean).join('\n');
  if (content && typeof content === 'object') {
    const { text, content: inner, output } = content as Record<string, unknown>;
    return textOf(text ?? inner ?? output ?? '');
  }
  return '';
}

/** What a wire needs to collect a conversation message by message. */
export class Collector {
  private readonly users: string[] = [];
  private readonly assistants: string[] = [];
  private toolResults: string[] = [];
  constructor(private readonly tools: readonly string[]) {}

  user(text: string): void {
    if (!text.trim()) return;
    this.users.push(text);
    this.toolResults = [];
  }
  assistant(text: string): void {
    if (text.trim()) this.assistants.push(text);
  }
  tool(text: string): void {
    this.toolResults.push(text);
  }
  done(): Conversation {
    return { users: this.users, assistants: this.assistants, toolResults: this.toolResults, tools: this.tools };
  }
}
