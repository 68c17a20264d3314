/** A folder of skills, kept when an API process starts. What is wrong with a file is logged and stops no other file. */
import { readFile } from 'node:fs/promises';
import { parse } from '../contracts/parse';
import { SkillDef } from '../contracts/run/skill';
import { DEFAULT_TENANT } from '../contracts/tenant';
import { Fault, faultFrom } from '../errors/fault';
import type { Skills } from '../gateway/skills';
import type { Log } from '../surfaces/http/log';
import { filesIn } from './watched-folders';

/** Keeps every `.json` of the folder in the tenant `default`, in the order of their names; one that says what is kept already changes nothing. Fault `skill.folder` (invalid). */
export async function loadSkills(folder: string, skills: Pick<Skills, 'put'>, log: Log): Promise<{ readonly kept: number; readonly refused: number }> {
  const counts = { kept: 0, refused: 0 };
  const { files, unreadable } = await filesIn([folder], '.json');
  for (const { reason } of unreadable) throw new Fault('invalid', 'skill.folder', `EVERTHREAD_SKILLS_DIR: ${reason}`, { folder, reason });
  for (const { name: file, path } of files) {
    try {
      const { skill } = await skills.put(
        { tenant: DEFAULT_TENANT, subject: `folder:${file}` },
        parse(SkillDef, jsonOf(await readFile(path, 'utf8')), 'skill.invalid'),
      );
      counts.kept++;
      log.info({ file, skill: skill.name, version: skill.version }, 'a skill of the folder is kept');
    } catch (thrown) {
      const fault = faultFrom(thrown);
      if (fault.kind === 'unavailable' || fault.kind === 'internal') throw thrown;
      counts.refused++;
      log.error({ file, code: fault.code, reason: fault.message }, 'a skill of the folder is refused');
    }
  }
  return counts;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (problem) {
    throw new Fault('invalid', 'skill.invalid', `(file): expected JSON; ${problem instanceof Error ? problem.message : String(problem)}`);
  }
}
