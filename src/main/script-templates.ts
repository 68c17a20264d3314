/** Scripts to begin from, which come with the server: one file each in ./script-templates, whose comments at the top say what for (`-- tags: …` its tags). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptTemplate } from '../contracts/script/ports';

const FOLDER = join(__dirname, 'script-templates');
const ENDING = '.scriptum';

/** By name. */
export const scriptTemplates = (folder = FOLDER): readonly ScriptTemplate[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .sort()
    .map((file) => templateOf(file.slice(0, -ENDING.length), readFileSync(join(folder, file), 'utf8')));

function templateOf(name: string, text: string): ScriptTemplate {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const comments = lines.slice(0, end).map((line) => line.replace(/^--\s*/, ''));
  const isTags = (line: string): boolean => line.startsWith('tags:');
  const tags = comments.filter(isTags).flatMap((line) => line.slice('tags:'.length).split(','));
  return {
    name,
    description: comments.filter((line) => !isTags(line)).join(' '),
    tags: tags.map((tag) => tag.trim()),
    content: lines.slice(end).join('\n').trimStart(),
  };
}
