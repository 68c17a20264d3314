/** From the text of a script to what it says. There is always a script to go on with; what could not be read is in the diagnostics. */
import { nearest } from '../../nearest';
import type { Constant, Enum, FieldLine, Script, Step, Tool } from './ast';
import { readTool } from './clauses';
import { readExpression } from './expressions';
import { Lexer, SCRIPT_MAX } from './lexer';
import { Problems, type Diagnostic } from './problem';
import { Reader } from './reader';
import { readStep, readSteps } from './steps';
import { tokenName } from './tokens';
import { readFieldLines } from './fields';
import { DECLARATIONS, VERBS } from './words';

export interface Parsed {
  readonly script: Script;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseScript(source: string): Parsed {
  const problems = new Problems();
  if (source.length > SCRIPT_MAX) {
    problems.add(
      { line: 1, column: 1 },
      `A script has at most ${SCRIPT_MAX} characters; this one has ${source.length}.`,
      'Divide it into scripts that run one another.',
    );
    return { script: new ScriptReader(new Reader(new Lexer('', new Problems()).all(), new Problems())).read(), diagnostics: problems.all };
  }
  const script = new ScriptReader(new Reader(new Lexer(source, problems).all(), problems)).read();
  return { script, diagnostics: problems.all };
}

type Section = 'input' | 'output' | 'stream' | 'env';

class ScriptReader {
  #name: string | null = null;
  #description: string | null = null;
  #version: string | null = null;
  #head: readonly string[] = [];
  readonly #sections = new Map<Section, readonly FieldLine[]>();
  readonly #tools: Tool[] = [];
  readonly #enums: Enum[] = [];
  readonly #constants: Constant[] = [];
  readonly #steps: Step[] = [];
  #onError: readonly Step[] | null = null;

  constructor(private readonly reader: Reader) {}

  read(): Script {
    const { reader } = this;
    reader.lines(
      () => this.#line(),
      () => reader.is('end'),
    );
    if (this.#name === null) reader.problems.add({ line: 1, column: 1 }, 'A script begins with its name.', 'script "name"');
    const section = (name: Section): readonly FieldLine[] => this.#sections.get(name) ?? [];
    return {
      name: this.#name ?? '',
      description: this.#description,
      version: this.#version,
      input: section('input'),
      output: section('output'),
      stream: this.#sections.get('stream') ?? null,
      env: section('env'),
      tools: this.#tools,
      enums: this.#enums,
      constants: this.#constants,
      steps: this.#steps,
      onError: this.#onError,
      comments: { head: this.#head, foot: reader.commentsBefore() },
    };
  }

  #line(): void {
    const { reader } = this;
    if (reader.is('indent')) reader.fail('This line is indented, but no block begins before it.', 'Begin it at the left.');
    const word = reader.is('word') ? (reader.next as { readonly value: string }).value : null;
    switch (word) {
      case 'script':
        return this.#readName();
      case 'version':
        return this.#readVersion();
      case 'input':
      case 'output':
      case 'stream':
      case 'env':
        return this.#readSection(word);
      case 'import':
        return this.#readImport();
      case 'enum':
        return this.#readEnum();
      case 'const':
        return void this.#constants.push(reader.remarked(() => this.#constant()));
      case 'on':
        return this.#readOnError();
      default:
        if (word === null || !(VERBS as readonly string[]).concat('section').includes(word)) this.#refuse(word);
        this.#steps.push(readStep(reader));
    }
  }

  #refuse(word: string | null): never {
    const reader: Reader = this.reader;
    const hint = word === null ? '' : nearest(word, [...VERBS, ...DECLARATIONS]).trim();
    reader.fail(`Expected a declaration or a step, found ${tokenName(reader.next)}.`, hint || null);
  }

  #readName(): void {
    const { reader } = this;
    if (this.#name !== null) reader.fail('A script has one name.', 'Write the second script into a file of its own.');
    this.#head = reader.commentsBefore();
    reader.take();
    this.#name = reader.plainText('the name of the script');
    reader.loosen([reader.endLine()]);
    if (!reader.is('prose') && !reader.is('text')) return;
    reader.loosen([...reader.commentsBefore()]);
    const prose = reader.is('prose') ? (reader.take() as { readonly value: string }).value : reader.plainText('a description');
    this.#description = prose;
    reader.loosen([reader.endLine()]);
  }

  #readVersion(): void {
    const { reader } = this;
    if (this.#version !== null) reader.fail('`version` stands here twice.');
    reader.loosen([...reader.commentsBefore()]);
    reader.take();
    this.#version = reader.plainText('a version, such as "0.1.0"');
    reader.loosen([reader.endLine()]);
  }

  #readSection(name: Section): void {
    if (this.#sections.has(name)) this.reader.fail(`\`${name}\` stands here twice.`, 'Put all of its fields into one block.');
    this.#sections.set(name, []);
    this.#sections.set(name, readFieldLines(this.reader));
  }

  #readImport(): void {
    const { reader } = this;
    reader.loosen([...reader.commentsBefore()]);
    reader.take();
    reader.expectWord('tools', 'Write `import tools`, and the tools in the lines below.');
    reader.loosen([reader.endLine()]);
    reader.block(
      () =>
        void this.#tools.push(
          reader.remarked(() => {
            const at = reader.place;
            const name = readTool(reader);
            reader.expectWord('from', 'For example: web_search from native.');
            const source = readTool(reader);
            const alias = reader.skip('word', 'as') ? reader.expect('word', 'another name for the tool').value : null;
            return { name, source, alias, at };
          }),
        ),
    );
  }

  #readEnum(): void {
    const { reader } = this;
    const comments = reader.commentsBefore();
    const at = reader.place;
    reader.take();
    const name = reader.expect('word', 'the name of the enum').value;
    const comment = reader.endLine();
    const values: Enum['values'][number][] = [];
    reader.block(
      () =>
        void values.push(
          reader.remarked(() => {
            const place = reader.place;
            return { value: reader.plainText('a value in quotes'), at: place };
          }),
        ),
    );
    this.#enums.push({ name, values, comments, comment, at });
  }

  #constant(): Omit<Constant, 'comments' | 'comment'> {
    const { reader } = this;
    reader.take();
    const at = reader.place;
    const name = reader.expect('word', 'a name').value;
    reader.expectSign('=');
    return { name, value: readExpression(reader), at };
  }

  /** `on thread error`: what is done where no step has an answer to its error. */
  #readOnError(): void {
    const { reader } = this;
    if (this.#onError) reader.fail('`on thread error` stands here twice.');
    reader.loosen([...reader.commentsBefore()]);
    reader.take();
    reader.expectWord('thread', 'Write `on thread error` here; `on error:` belongs into the block of a `do`.');
    reader.expectWord('error');
    reader.loosen([reader.endLine()]);
    this.#onError = readSteps(reader);
  }
}
