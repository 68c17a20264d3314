/** The table of variables in Markdown, for README and docs/configuration.md. */
import { CONFIG_VARIABLES } from './variables';

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function configurationTable(): string {
  const rows = CONFIG_VARIABLES.map(({ name, default: fallback, meaning }) => `| \`${name}\` | ${cell(fallback)} | ${cell(meaning)} |`);
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
