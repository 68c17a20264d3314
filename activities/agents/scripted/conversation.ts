/** What the scripted agent remembers: a list of messages per conversation id, in one file each. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MESSAGES_MAX = 10_000;
const ID = /^[A-Za-z0-9-]{1,100}$/;

export class Conversation {
  private messages: string[] = [];

  private constructor(
    readonly id: string,
    private readonly file: string,
  ) {}

  static create(folder: string, id: string): Conversation {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const conversation = new Conversation(id, join(folder, `${id}.json`));
    conversation.save();
    return conversation;
  }

  /** Null when there is none of this id. */
  static load(folder: string, id: string): Conversation | null {
    if (!ID.test(id)) return null;
    try {
      const conversation = new Conversation(id, join(folder, `${id}.json`));
      conversation.messages = JSON.parse(readFileSync(conversation.file, 'utf8')) as string[];
      return conversation;
    } catch {
      return null;
    }
  }

  get length(): number {
    return this.messages.length;
  }

  add(message: string): void {
    this.messages = [...this.messages, message].slice(-MESSAGES_MAX);
    this.save();
  }

  private save(): void {
    writeFileSync(this.file, JSON.stringify(this.messages), { mode: 0o600 });
  }
}
