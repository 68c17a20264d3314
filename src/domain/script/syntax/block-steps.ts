/** Reads the steps that have steps: loops, branches, lanes, pipes, checks. */
import type { Expression, NamedBlock, Rule, Said, Step } from './ast';
import { isArgument, readArgument, readBinding, readCheckAction, readLabel, readNamedBlock } from './clauses';
import { readExpression } from './expressions';
import { nearest } from '../../nearest';
import type { Reader } from './reader';
import { tokenName } from './tokens';
import { VERBS } from './words';

export interface Around {
  readonly endLine: () => void;
  readonly steps: () => readonly Step[];
}

export function readBlockStep(reader: Reader, around: Around): Said {
  const word = reader.is('word') ? (reader.next as { readonly value: string }).value : null;
  switch (word) {
    case 'each':
      return readEach(reader, around);
    case 'pipe':
      return readPipe(reader, around);
    case 'repeat':
      return readRepeat(reader, around);
    case 'decide':
      return readDecide(reader, around);
    case 'check':
      return readCheck(reader, around);
    case 'together':
      return readTogether(reader, around);
    default: {
      const hint = word === null ? '' : nearest(word, VERBS).trim();
      reader.fail(`Expected a step, found ${tokenName(reader.next)}.`, hint || 'A step begins with a verb, such as do, let, ask or emit.');
    }
  }
}

/** Words with a value behind them, in any order, each once: `parallel 4`, `sleep 100`. */
function readOptions<K extends string>(reader: Reader, names: readonly K[]): Record<K, Expression | null> {
  const found = Object.fromEntries(names.map((name) => [name, null])) as Record<K, Expression | null>;
  for (;;) {
    const name = names.find((candidate) => reader.is('word', candidate));
    if (!name) return found;
    if (found[name]) reader.fail(`\`${name}\` stands here twice.`);
    reader.take();
    found[name] = readExpression(reader);
  }
}

function readEach(reader: Reader, { endLine, steps }: Around): Said {
  reader.take();
  const item = reader.expect('word', 'a name for the item').value;
  const index = reader.skip('sign', ',') ? reader.expect('word', 'a name for the index').value : null;
  reader.expectWord('in');
  const list = readExpression(reader);
  const { parallel, sleep } = readOptions(reader, ['parallel', 'sleep']);
  const label = readLabel(reader);
  const binding = readBinding(reader);
  endLine();
  return { verb: 'each', item, index, list, parallel, sleep, label, binding, steps: steps() };
}

function readPipe(reader: Reader, { endLine, steps }: Around): Said {
  reader.take();
  const item = reader.expect('word', 'a name for the item').value;
  reader.expectWord('from');
  const source = readExpression(reader);
  const { batch, parallel } = readOptions(reader, ['batch', 'parallel']);
  const label = readLabel(reader);
  const binding = readBinding(reader);
  endLine();
  return { verb: 'pipe', item, source, batch, parallel, label, binding, steps: steps() };
}

function readRepeat(reader: Reader, { endLine, steps }: Around): Said {
  reader.take();
  reader.expectWord('until');
  const until = readExpression(reader);
  const { max, sleep } = readOptions(reader, ['max', 'sleep']);
  const label = readLabel(reader);
  const binding = readBinding(reader);
  endLine();
  return { verb: 'repeat', until, max, sleep, label, binding, steps: steps() };
}

function readTogether(reader: Reader, { endLine, steps }: Around): Said {
  reader.take();
  const label = readLabel(reader);
  const binding = readBinding(reader);
  endLine();
  const lanes: NamedBlock[] = [];
  if (!reader.is('indent')) reader.fail('Expected lanes in indented lines.', 'A lane is written `"name":` with its steps below.');
  reader.block(() => void lanes.push(readNamedBlock(reader, 'the name of a lane', steps)));
  return { verb: 'together', label, binding, lanes };
}

function readDecide(reader: Reader, { endLine, steps }: Around): Said {
  reader.take();
  const label = reader.plainText('a question');
  reader.expectWord('with', 'Write `decide "Question" with rules` or `… with llm`.');
  const by = reader.is('word', 'rules') ? 'rules' : 'llm';
  if (!reader.is('word', by)) reader.fail(`Expected \`rules\` or \`llm\`, found ${tokenName(reader.next)}.`);
  reader.take();
  const binding = readBinding(reader);
  endLine();
  const args: Extract<Step, { verb: 'decide' }>['args'][number][] = [];
  const rules: Rule[] = [];
  const branches: NamedBlock[] = [];
  let otherwise: Extract<Step, { verb: 'decide' }>['otherwise'] = null;
  reader.block(() => {
    if (reader.is('text')) branches.push(readNamedBlock(reader, 'the name of a branch', steps));
    else if (reader.is('word', 'when')) rules.push(reader.remarked(() => readRule(reader)));
    else if (reader.is('word', 'otherwise')) {
      if (otherwise) reader.fail('`otherwise` stands here twice.');
      otherwise = reader.remarked(() => readOtherwise(reader));
    } else if (isArgument(reader)) args.push(reader.remarked(() => readArgument(reader)));
    else reader.fail(`Expected \`when\`, \`otherwise\`, an argument or a branch, found ${tokenName(reader.next)}.`);
  });
  return { verb: 'decide', label, by, args, rules, otherwise, branches, binding };
}

function readRule(reader: Reader): Omit<Rule, 'comments' | 'comment'> {
  const at = reader.place;
  reader.take();
  const when = readExpression(reader);
  reader.expectSign('->');
  return { when, branch: reader.plainText('the name of a branch'), at };
}

function readOtherwise(reader: Reader): { readonly branch: string; readonly at: Rule['at'] } {
  const at = reader.place;
  reader.take();
  reader.expectSign('->');
  return { branch: reader.plainText('the name of a branch'), at };
}

function readCheck(reader: Reader, { endLine }: Around): Said {
  reader.take();
  const asks = reader.is('word', 'ask') && reader.after.kind === 'word' && reader.after.value === 'llm';
  if (asks) {
    reader.take();
    reader.take();
  }
  const expression = readExpression(reader);
  const label = readLabel(reader);
  const binding = readBinding(reader);
  endLine();
  let onPass: Extract<Step, { verb: 'check' }>['onPass'] = null;
  let onFail: Extract<Step, { verb: 'check' }>['onFail'] = null;
  reader.block(() => {
    reader.loosen([...reader.commentsBefore()]);
    reader.expectWord('on', 'A check has `on pass:` and `on fail:`.');
    const pass = reader.is('word', 'pass');
    if (!pass && !reader.is('word', 'fail')) reader.fail(`Expected \`pass\` or \`fail\`, found ${tokenName(reader.next)}.`);
    if (pass ? onPass : onFail) reader.fail(`\`on ${pass ? 'pass' : 'fail'}:\` stands here twice.`);
    reader.take();
    reader.expectSign(':');
    const action = readCheckAction(reader);
    if (pass) onPass = action;
    else onFail = action;
    reader.loosen([reader.endLine()]);
  });
  return { verb: 'check', condition: asks ? { question: expression } : expression, label, binding, onPass, onFail };
}
