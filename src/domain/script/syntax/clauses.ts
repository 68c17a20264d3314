/** Reads the parts that steps have in common: bindings, lines of arguments, labels, what is done about errors and checks. */
import type { Argument, ArgumentLine, Binding, CheckAction, NamedBlock, OnError, Step } from './ast';
import { readExpression, readObject } from './expressions';
import type { Reader } from './reader';
import { tokenName } from './tokens';

/** `-> name`, `->> stream`, or null. */
export function readBinding(reader: Reader): Binding | null {
  const at = reader.place;
  const stream = reader.is('sign', '->>');
  if (!stream && !reader.is('sign', '->')) return null;
  reader.take();
  return { name: reader.expect('word', stream ? '`stream`' : 'a name').value, stream, at };
}

/** `as "Label"`, or null. */
export const readLabel = (reader: Reader): string | null => (reader.skip('word', 'as') ? reader.plainText('a label') : null);

export function readTool(reader: Reader): string {
  let name = reader.expect('word', 'the name of a tool').value;
  while (reader.skip('sign', '.')) name += `.${reader.expect('word', 'the name of a tool').value}`;
  return name;
}

/** `name = value`, after its beginning was seen. */
export function readArgument(reader: Reader): Argument {
  const at = reader.place;
  const name = reader.expect('word', 'the name of an argument').value;
  reader.expectSign('=', 'Arguments are written `name = value`.');
  return { name, value: readExpression(reader), at };
}

export const isArgument = (reader: Reader): boolean => reader.is('word') && reader.after.kind === 'sign' && reader.after.value === '=';

/** The arguments of `{…}` behind a step, as if each stood on a line of its own. */
export const readInlineArguments = (reader: Reader): readonly ArgumentLine[] =>
  reader.is('sign', '{') ? readObject(reader).map((argument) => ({ ...argument, comments: [], comment: null })) : [];

/** A block of `name = value` and of what `other` reads; `other` is asked first, and says no by returning false. */
export function readArgumentBlock(reader: Reader, other: () => boolean = () => false): ArgumentLine[] {
  const args: ArgumentLine[] = [];
  reader.block(() => {
    if (other()) return;
    if (!isArgument(reader)) reader.fail(`Expected \`name = value\`, found ${tokenName(reader.next)}.`);
    args.push(reader.remarked(() => readArgument(reader)));
  });
  return args;
}

/** `on error: …` in one line, or with a block of lines. */
export function readOnError(reader: Reader): OnError {
  const at = reader.place;
  reader.loosen([...reader.commentsBefore()]);
  reader.expectWord('on');
  reader.expectWord('error');
  reader.expectSign(':');
  let retry: number | null = null;
  let then: OnError['then'] | null = null;
  const clause = (): void => {
    if (then) reader.fail('Nothing can come after `ignore` or `fallback`.');
    if (reader.skip('word', 'retry')) {
      if (retry !== null) reader.fail('`retry` stands here twice.');
      retry = reader.is('number') ? readCount(reader, 'how often it is tried again') : 3;
    } else if (reader.skip('word', 'ignore')) then = 'ignore';
    else if (reader.skip('word', 'fallback')) then = { tool: readTool(reader), args: reader.is('sign', '{') ? readObject(reader) : [] };
    else reader.fail(`Expected \`retry\`, \`fallback\` or \`ignore\`, found ${tokenName(reader.next)}.`);
  };
  if (!reader.is('newline')) clause();
  reader.loosen([reader.endLine()]);
  reader.block(() => {
    reader.loosen([...reader.commentsBefore()]);
    clause();
    reader.loosen([reader.endLine()]);
  });
  if (retry === null && then === null)
    reader.fail('`on error:` says nothing.', 'Write `on error: retry 3`, `on error: fallback tool` or `on error: ignore`.', at);
  return { retry, then: then ?? 'fail', at };
}

/** A whole number from 0. */
export function readCount(reader: Reader, what: string): number {
  const token = reader.expect('number', what);
  if (!Number.isInteger(token.value)) reader.fail(`Expected a whole number for ${what}.`, null, token);
  return token.value;
}

export function readCheckAction(reader: Reader): CheckAction {
  const at = reader.place;
  if (reader.skip('word', 'continue')) return { kind: 'continue', at };
  if (reader.skip('word', 'goto')) return { kind: 'goto', label: reader.plainText('the label of a step'), at };
  if (reader.skip('word', 'retry')) return { kind: 'retry', times: reader.is('number') ? readCount(reader, 'how often it is tried again') : null, at };
  if (reader.skip('word', 'fail')) return { kind: 'fail', message: readExpression(reader), at };
  reader.fail(`Expected \`continue\`, \`goto\`, \`retry\` or \`fail\`, found ${tokenName(reader.next)}.`);
}

/** `"name":` with its steps. */
export function readNamedBlock(reader: Reader, what: string, steps: () => readonly Step[]): NamedBlock {
  const comments = reader.commentsBefore();
  const at = reader.place;
  const name = reader.plainText(what);
  reader.expectSign(':');
  const comment = reader.endLine();
  return { name, steps: steps(), comments, comment, at };
}
