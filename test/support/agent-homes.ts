/**
 * A home of its own for each CLI under test, whose model is the one on loopback. What they return is all that a thread's `preparation.env` needs: no
 * test reaches a vendor, reads a person's settings or credentials, or writes outside a temporary folder.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { agentPrograms } from './agent-clis';

export interface AgentHome {
  readonly home: string;
  /** HOME, PATH and what the CLI reads beside its files. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes the folder. */
  remove(): void;
}

/** A way out that leads nowhere: whatever a CLI would fetch or report beside its model fails at once. (Port 9 is the discard port.) */
const OFFLINE = {
  HTTPS_PROXY: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
};

async function makeHome(name: string, files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<AgentHome> {
  const programs = await agentPrograms();
  const home = mkdtempSync(join(tmpdir(), `everthread-${name}-home-`));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), content);
  }
  // What a CLI leaves in the temporary directory goes with its home.
  const TMPDIR = join(home, 'tmp');
  mkdirSync(TMPDIR, { recursive: true });
  const PATH = [programs, dirname(process.execPath), process.env.PATH ?? '/usr/bin:/bin'].join(delimiter);
  return {
    home,
    env: { HOME: home, TMPDIR, PATH, LANG: 'C.UTF-8', ...OFFLINE, ...env },
    remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Codex with a model provider of its own in `config.toml`. */
export async function codexHome(modelUrl: string): Promise<AgentHome> {
  const config = [
    'model = "loopback"',
    'model_provider = "loopback"',
    '[model_providers.loopback]',
    'name = "loopback"',
    `base_url = "${modelUrl}/v1"`,
    'wire_api = "responses"',
    '[analytics]',
    'enabled = false',
    '[feedback]',
    'enabled = false',
    '',
  ].join('\n');
  const made = await makeHome('codex', { '.codex/config.toml': config });
  return { ...made, env: { ...made.env, CODEX_HOME: join(made.home, '.codex') } };
}

/** Gemini CLI with an API key that opens nothing, and its updates and statistics off. */
export async function geminiHome(modelUrl: string): Promise<AgentHome> {
  const settings = {
    security: { auth: { selectedType: 'gemini-api-key' } },
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
  };
  return makeHome('gemini', { '.gemini/settings.json': JSON.stringify(settings) }, { GEMINI_API_KEY: 'none', GOOGLE_GEMINI_BASE_URL: modelUrl });
}

/** OpenCode with a provider of its own in `opencode.json`. It would fetch packages for plugins at its first start; it is told not to try. */
export async function opencodeHome(modelUrl: string): Promise<AgentHome> {
  const model = { name: 'loopback', tool_call: true, limit: { context: 100_000, output: 8_000 } };
  const config = {
    model: 'loopback/loopback',
    small_model: 'loopback/loopback',
    autoupdate: false,
    share: 'disabled',
    provider: {
      loopback: { npm: '@ai-sdk/openai-compatible', name: 'loopback', options: { baseURL: `${modelUrl}/v1`, apiKey: 'none' }, models: { loopback: model } },
    },
  };
  return makeHome(
    'opencode',
    { '.config/opencode/opencode.json': JSON.stringify(config) },
    { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1', npm_config_offline: 'true', npm_config_fetch_retries: '0' },
  );
}

/** A key that opens nothing; Claude Code remembers those that a person agreed to by their end. */
const CLAUDE_KEY = 'none-none-none-none-none';

/** Claude Code after its first-run questions, with an API key that opens nothing. `trusted`: folders whose trust was given. */
export async function claudeHome(modelUrl: string, trusted: readonly string[] = []): Promise<AgentHome> {
  const state = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    customApiKeyResponses: { approved: [CLAUDE_KEY.slice(-20)], rejected: [] },
    projects: Object.fromEntries(trusted.map((folder) => [folder, { hasTrustDialogAccepted: true }])),
  };
  return makeHome(
    'claude',
    { '.claude.json': JSON.stringify(state) },
    { ANTHROPIC_API_KEY: CLAUDE_KEY, ANTHROPIC_BASE_URL: modelUrl, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
  );
}
