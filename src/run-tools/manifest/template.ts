/** Templates of manifests: `{name}` stands for an argument. Values are put in as what they are, never read as part of the template. Pure. */
import { parseCommand } from '../shell/parse-command';
import { refused, type Json } from '../tool';

type Arguments = Readonly<Record<string, Json>>;

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g;
/** Stand in for the braces while the command is read: both are refused outside of quotes, and neither occurs in texts. */
const [OPEN, CLOSE] = ['\ue000', '\ue001'];
const MARKED = new RegExp(`${OPEN}([A-Za-z0-9_]+)${CLOSE}`, 'g');

export const placeholdersOf = (template: string): readonly string[] => [...template.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');

const textOf = (value: Json | undefined): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

export interface CommandTemplate {
  /** Argument arrays, and for each argument whether a value is part of it. */
  fill(args: Arguments): { readonly stages: readonly (readonly string[])[]; readonly given: readonly (readonly string[])[] };
}

/** Fault `tool.refused` for a template that is no command. */
export function commandTemplate(template: string): CommandTemplate {
  const stages = parseCommand(template.replace(PLACEHOLDER, `${OPEN}$1${CLOSE}`));
  return {
    fill(args) {
      const filled = stages.map((words) => fillStage(words, args));
      return { stages: filled.map(({ stage }) => stage), given: filled.map(({ stage, given }) => [stage[0] ?? '', ...given]) };
    },
  };
}

/** A value that would be taken for an option is refused, unless `--` has ended the options. An argument that is only a value that was not given is left out. */
function fillStage(words: readonly string[], args: Arguments): { readonly stage: readonly string[]; readonly given: readonly string[] } {
  const [stage, given]: [string[], string[]] = [[], []];
  for (const word of words) {
    const names = [...word.matchAll(MARKED)].map(([, name]) => name ?? '');
    const [only] = names;
    if (only !== undefined && word === `${OPEN}${only}${CLOSE}` && (args[only] === undefined || args[only] === null)) continue;
    const text = word.replace(MARKED, (_all, name: string) => textOf(args[name]));
    if (text.includes('\0')) throw refused(`${names.join(', ')}: expected a text without the character U+0000`, { field: only ?? '' });
    if (only !== undefined && word.startsWith(OPEN) && text.startsWith('-') && !stage.includes('--'))
      throw refused(`${only}: expected a value that does not begin with a dash, found ${JSON.stringify(text.slice(0, 100))}`, { field: only });
    stage.push(text);
    if (only !== undefined) given.push(text);
  }
  return { stage, given };
}

/** With values as parts of a URL: encoded, and never a step up. */
export const fillUrl = (template: string, args: Arguments): string =>
  template.replace(PLACEHOLDER, (_all, name: string) => {
    const text = textOf(args[name]);
    if (/^\.{1,2}$/.test(text)) throw refused(`${name}: expected a value that is no step in a path, found ${JSON.stringify(text)}`, { field: name });
    return encodeURIComponent(text);
  });

/** With values as JSON; a text without its quotes, which the template has. */
export const fillBody = (template: string, args: Arguments): string =>
  template.replace(PLACEHOLDER, (_all, name: string) => {
    const value = args[name] ?? null;
    return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
  });
