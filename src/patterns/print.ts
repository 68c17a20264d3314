/** Definitions → text. Reading it again gives the same definition. */
import { stringify } from 'yaml';
import type { PatternDefinition } from './definition';
import type { OrgChartDefinition } from './org-chart';

export type AnyDefinition = PatternDefinition | OrgChartDefinition;

/** Fields that are undefined are left out, as JSON does. The order of the fields is kept: the cases of a switch are tried in it. */
export const compileToYaml = (definition: AnyDefinition): string =>
  stringify(JSON.parse(JSON.stringify(definition)), { version: '1.2', schema: 'core', lineWidth: 0, aliasDuplicateObjects: false });

export const compileToJson = (definition: AnyDefinition): string => JSON.stringify(definition, null, 2);

/** A text that stays as it is where the language would see a variable in it: each `$` twice. */
export const literal = (text: string): string => text.replaceAll('$', '$$$$');
