/** Whose rights the tools of a script have, over the real gateway. */
import { ADA, as, keyed } from '../support/run-world';
import { startScriptWorld, type ScriptWorld } from '../support/script-world';

const CONTENT = 'script "agents"\n\nimport tools\n  start from threads\n\ndo "Fix" with start\n  agent_type = "codex"\n  objective = "Fix it."\n';

let world: ScriptWorld;
beforeAll(async () => void (world = await startScriptWorld()), 120_000);
afterAll(() => world.stop());

const holding = (...scopes: string[]) => ({ ...as('eve'), scopes });

it('a script with coding agents is published and tested by whoever may start them, and drafted by others', async () => {
  const { scripts } = world;
  await scripts.create(ADA, { name: 'agents', description: '', tags: [], fromTemplate: '', labels: {}, env: {} }, keyed());
  await scripts.saveDraft(holding('scripts:write'), 'agents', CONTENT);
  expect(await scripts.compileDraft(holding('scripts:write'), 'agents')).toMatchObject({ ok: true });

  const refused = { code: 'access.scope_missing', kind: 'forbidden', facts: { scope: 'threads:write', tool: 'start', source: 'threads' } };
  await expect(scripts.publish(holding('scripts:write', 'threads:read'), 'agents', '', keyed())).rejects.toMatchObject(refused);
  await expect(
    scripts.testDraft(holding('scripts:write'), 'agents', { inputJson: '', timeout: '', loadEnv: false, metadata: {} }, keyed()),
  ).rejects.toMatchObject(refused);

  expect(await scripts.publish(holding('scripts:write', 'threads:write'), 'agents', '', keyed())).toMatchObject({ version: 1 });
});
