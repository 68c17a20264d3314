/** Reads steps: the sixteen verbs, and headings between them. */
import type { Said, Step } from './ast';
import { readBlockStep } from './block-steps';
import { isArgument, readArgumentBlock, readBinding, readCount, readInlineArguments, readLabel, readOnError, readTool } from './clauses';
import { readExpression } from './expressions';
import type { Reader } from './reader';
import { tokenName } from './tokens';
import { readType } from './fields';

/** The steps of an indented block. */
export function readSteps(reader: Reader): readonly Step[] {
  const steps: Step[] = [];
  if (!reader.is('indent')) reader.fail(`Expected the steps of the block in indented lines, found ${tokenName(reader.next)}.`);
  reader.block(() => void steps.push(readStep(reader)));
  return steps;
}

export function readStep(reader: Reader): Step {
  const comments = reader.commentsBefore();
  const at = reader.place;
  const end: { comment: string | null } = { comment: null };
  const said = readVerb(reader, () => (end.comment = reader.endLine()));
  return { label: null, binding: null, ...said, comments, comment: end.comment, at } as Step;
}

/** `endLine` is called where the first line of the step is over. */
function readVerb(reader: Reader, endLine: () => void): Said {
  const verb = reader.is('word') ? (reader.next as { readonly value: string }).value : '';
  switch (verb) {
    case 'do':
      return readDo(reader, endLine);
    case 'agent':
    case 'plan':
      return readAgent(reader, verb, endLine);
    case 'ask':
      return readAsk(reader, endLine);
    case 'send':
      return readSend(reader, endLine);
    case 'emit':
    case 'yield':
      return readEmit(reader, verb, endLine);
    case 'run':
      return readRun(reader, endLine);
    case 'let':
    case 'wait':
    case 'section':
      return readPlain(reader, verb, endLine);
    default:
      return readBlockStep(reader, { endLine, steps: () => readSteps(reader) });
  }
}

function readPlain(reader: Reader, verb: 'let' | 'wait' | 'section', endLine: () => void): Said {
  reader.take();
  const said = ((): Said => {
    if (verb === 'section') return { verb, label: reader.plainText('a heading') };
    if (verb === 'wait') {
      const until = reader.skip('word', 'until');
      return { verb, until, value: readExpression(reader), label: readLabel(reader) };
    }
    const name = reader.expect('word', 'a name').value;
    reader.expectSign('=');
    return { verb, name, value: readExpression(reader), label: readLabel(reader) };
  })();
  endLine();
  return said;
}

/** The label of a step that is named where it stands: `do "Label" with …`. */
const readOwnLabel = (reader: Reader): string | null => (reader.is('text') ? reader.plainText('a label') : null);

function readDo(reader: Reader, endLine: () => void): Said {
  reader.take();
  const label = readOwnLabel(reader);
  reader.expectWord('with', 'A tool is named by `with`: do "Label" with tool.');
  const tool = readTool(reader);
  const inline = readInlineArguments(reader);
  const binding = readBinding(reader);
  endLine();
  let onError: Extract<Step, { verb: 'do' }>['onError'] = null;
  const lines = readArgumentBlock(reader, () => {
    if (!reader.is('word', 'on') || isArgument(reader)) return false;
    if (onError) reader.fail('`on error:` stands here twice.');
    onError = readOnError(reader);
    return true;
  });
  return { verb: 'do', label, tool, args: [...inline, ...lines], onError, binding };
}

function readAgent(reader: Reader, verb: 'agent' | 'plan', endLine: () => void): Said {
  reader.take();
  const label = readOwnLabel(reader);
  const tool = reader.skip('word', 'with') ? readTool(reader) : 'llm';
  const binding = readBinding(reader);
  endLine();
  return { verb, label, tool, binding, args: readArgumentBlock(reader) };
}

function readAsk(reader: Reader, endLine: () => void): Said {
  reader.take();
  const label = readOwnLabel(reader);
  const binding = readBinding(reader);
  endLine();
  let type: Extract<Step, { verb: 'ask' }>['type'] = null;
  const args = readArgumentBlock(reader, () => {
    // A type and no value: `type = text`.
    if (!reader.is('word', 'type') || !isArgument(reader)) return false;
    if (type) reader.fail('`type` stands here twice.');
    reader.loosen([...reader.commentsBefore()]);
    reader.take();
    reader.take();
    type = readType(reader);
    reader.loosen([reader.endLine()]);
    return true;
  });
  return { verb: 'ask', label, binding, type, args };
}

function readSend(reader: Reader, endLine: () => void): Said {
  reader.take();
  const label = readOwnLabel(reader);
  reader.expectWord('via', 'A channel is named by `via`: send "Label" via "channel".');
  const channel = reader.plainText('the name of a channel');
  const binding = readBinding(reader);
  endLine();
  return { verb: 'send', label, channel, binding, args: readArgumentBlock(reader) };
}

function readEmit(reader: Reader, verb: 'emit' | 'yield', endLine: () => void): Said {
  reader.take();
  const value = reader.is('newline') ? null : readExpression(reader);
  endLine();
  const args = readArgumentBlock(reader);
  if (value && args[0]) reader.fail(`\`${verb}\` has a value already.`, null, args[0].at);
  return { verb, value, args };
}

function readRun(reader: Reader, endLine: () => void): Said {
  reader.take();
  const isScript = reader.skip('word', 'script');
  const script = isScript ? reader.plainText('the name of a script') : null;
  const version = isScript && reader.skip('word', 'version') ? readCount(reader, 'a version') : null;
  const plan = isScript ? null : reader.expect('word', 'the name of a plan').value;
  const inline = readInlineArguments(reader);
  const label = readLabel(reader);
  const binding = readBinding(reader);
  endLine();
  return { verb: 'run', script, plan, version, label, binding, args: [...inline, ...readArgumentBlock(reader)] };
}
