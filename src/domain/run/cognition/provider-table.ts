/** The providers in Markdown, for docs/run-models.md. */
import { PROVIDERS } from './providers';

export function providerTable(): string {
  const code = (text: string): string => `\`${text}\``;
  const rows = PROVIDERS.map(({ name, aliases, baseUrl, prefix, keyVariables, needsKey }) => {
    const keys = [`${prefix}_API_KEY`, ...keyVariables].map(code).join(' or ');
    return `| ${code(name)} | ${aliases.map(code).join(', ')} | ${baseUrl === null ? `only by ${code(`${prefix}_BASE_URL`)}` : code(baseUrl)} | ${code(prefix)} | ${needsKey ? keys : `not needed; ${keys}`} |`;
  });
  return ['| provider | aliases | address | prefix | key |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
