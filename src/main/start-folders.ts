/** The folders that an API process takes in when it starts: patterns and skills. */
import type { Config } from '../config/config';
import type { Patterns } from '../gateway/patterns';
import type { Store } from '../store/store';
import type { Log } from '../surfaces/http/log';
import { keepLoading } from './kept-folder';
import { loadFolder } from './pattern-folder';
import { skillsOver } from './run-skills';
import { loadSkills } from './skills-folder';

/** Faults `patterns.folder` and `skill.folder` (invalid). */
export async function loadFolders(
  { patternsDir, runAuthority: { skillsDir } }: Config,
  { patterns, store, stopping }: { readonly patterns: Patterns; readonly store: Store; readonly stopping: AbortSignal },
  log: Log,
): Promise<void> {
  if (patternsDir !== null) await keepLoading(() => loadFolder(patternsDir, patterns, log), log, { folder: patternsDir, stopping });
  if (skillsDir !== null) await keepLoading(() => loadSkills(skillsDir, skillsOver(store), log), log, { folder: skillsDir, stopping });
}
