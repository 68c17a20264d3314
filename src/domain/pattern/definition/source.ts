/** The YAML of a definition, within what one may hold. */
import { DEFINITION_MAX, ERRORS_MAX, YAML_ALIASES_MAX, YAML_DEPTH_MAX, YAML_MARKS_MAX, YAML_NODES_MAX } from '../../../contracts/pattern/bounds';
import type { SourceBounds } from '../../yaml/bounds';
import { readSource, type Path, type Source } from '../../yaml/source';

/** One thing that is wrong with a definition. Lines and columns count from 1. */
export interface DefinitionError {
  readonly line: number;
  readonly column: number;
  /** `steps[2].agents.min`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  readonly expected: string;
}

export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');

const BOUNDS: SourceBounds = {
  what: 'definition',
  characters: DEFINITION_MAX,
  marks: YAML_MARKS_MAX,
  nodes: YAML_NODES_MAX,
  aliases: YAML_ALIASES_MAX,
  depth: YAML_DEPTH_MAX,
  problems: ERRORS_MAX,
};

/** The document, or what is wrong with its YAML. */
export function readDefinition(text: string): Source | readonly DefinitionError[] {
  const source = readSource(text, BOUNDS);
  return 'value' in source ? source : source.map(({ line, column, message, expected }) => ({ line, column, path: '', message, expected }));
}
