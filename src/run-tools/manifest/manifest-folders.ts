/** Folders of manifests (digest §5.1): `*.json` in the order of their names, read again when they change. What is wrong is told, and stops neither the others nor the start. */
import { watch, type FSWatcher } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tool } from '../../contracts/run/ports';
import { MANIFEST_BYTES_MAX } from '../../contracts/run/manifest';
import type { ToolLog, ToolProblem } from '../tool-source';
import { manifestTool, type ManifestWorld } from './manifest-tool';

const FILES_MAX = 500;
/** Changes come in bursts, and some file systems tell of none. */
const SETTLE_MS = 100;
const SCAN_MS = 5_000;

export interface Loaded {
  readonly tools: readonly Tool[];
  readonly problems: readonly ToolProblem[];
}

export class ManifestFolders {
  private loaded: Loaded = { tools: [], problems: [] };
  private print = '';
  private told = '';
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | null = null;
  private scan: NodeJS.Timeout | null = null;
  private turn: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly folders: readonly string[],
    private readonly world: ManifestWorld,
    private readonly log: ToolLog,
    private readonly onChange: () => void = () => undefined,
  ) {}

  get current(): Loaded {
    return this.loaded;
  }

  /** Reads them once before it returns. */
  async start(): Promise<void> {
    await this.reload();
    if (this.folders.length > 0) this.scan = setInterval(() => void this.reload(), SCAN_MS).unref();
  }

  close(): void {
    this.closed = true;
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
    clearTimeout(this.timer ?? undefined);
    clearInterval(this.scan ?? undefined);
  }

  /** One after the other, so that what was read last is what counts. */
  reload(): Promise<void> {
    this.turn = this.turn.then(() => this.read()).catch((problem: unknown) => this.log.error({ err: problem }, 'the manifests of tools could not be read'));
    return this.turn;
  }

  private async read(): Promise<void> {
    if (this.closed) return;
    const files: ManifestFile[] = [];
    const problems: ToolProblem[] = [];
    for (const folder of this.folders) {
      this.watch(folder);
      await filesOf(folder).then(
        (found) => files.push(...found),
        (problem: Error) => problems.push({ source: folder, reason: `the folder cannot be read: ${problem.message}` }),
      );
    }
    const print = JSON.stringify([files, problems]);
    if (print === this.print || this.closed) return;
    this.print = print;
    const tools: Tool[] = [];
    for (const { path } of files) {
      const made = await toolOf(path, this.world);
      if ('tool' in made) tools.push(made.tool);
      else problems.push({ source: path, reason: made.problem });
    }
    this.loaded = { tools, problems };
    this.tell();
    this.onChange();
  }

  private tell(): void {
    const { tools, problems } = this.loaded;
    const said = JSON.stringify(problems);
    if (said !== this.told) for (const { source, reason } of problems) this.log.warn({ source, reason }, 'a manifest of a tool is skipped');
    this.told = said;
    if (this.folders.length > 0) this.log.info({ tools: tools.length, skipped: problems.length }, 'the manifests of tools are loaded');
  }

  private watch(folder: string): void {
    if (this.watchers.has(folder) || this.closed) return;
    try {
      const watcher = watch(folder, () => {
        this.timer ??= setTimeout(() => {
          this.timer = null;
          void this.reload();
        }, SETTLE_MS);
      });
      // Gone, or more than the system watches: the scan finds what changes.
      watcher.on('error', () => this.unwatch(folder, watcher));
      this.watchers.set(folder, watcher.unref());
    } catch {
      // There is no such folder yet.
    }
  }

  private unwatch(folder: string, watcher: FSWatcher): void {
    watcher.close();
    this.watchers.delete(folder);
  }
}

/** Changed when the file did. */
interface ManifestFile {
  readonly path: string;
  readonly size: number;
  readonly changedMs: number;
}

async function filesOf(folder: string): Promise<readonly ManifestFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const found = names.slice(0, FILES_MAX).map(async (name): Promise<readonly ManifestFile[]> => {
    const path = join(folder, name);
    const about = await stat(path).catch(() => null);
    return about?.isFile() ? [{ path, size: about.size, changedMs: about.mtimeMs }] : [];
  });
  return (await Promise.all(found)).flat();
}

async function toolOf(path: string, world: ManifestWorld): Promise<ReturnType<typeof manifestTool>> {
  try {
    const { size } = await stat(path);
    if (size > MANIFEST_BYTES_MAX) return { problem: `expected at most ${MANIFEST_BYTES_MAX} bytes, found ${size}` };
    return manifestTool(JSON.parse(await readFile(path, 'utf8')), world);
  } catch (problem) {
    return { problem: problem instanceof Error ? problem.message.slice(0, 500) : 'it cannot be read' };
  }
}
