/** What every test of a real CLI needs: its home, a model on loopback, a ptyd, and sessions that end with the test. */
import type { Adapter } from '../../activities/agents/adapter';
import type { Ask } from '../../src/contracts/managed-thread/ask';
import type { WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import type { AgentHome } from './agent-homes';
import { startModelServer, type ModelServer } from './model-server/model-server';
import { startPtydWorld, type PtydWorld } from './ptyd-world';
import { launchSession, type SessionDriver, type SessionOptions } from './session-driver';

export interface RealCli {
  readonly world: PtydWorld;
  readonly model: ModelServer;
  readonly home: AgentHome;
  /** A session of the CLI; it is ended by {@link endSessions} when the test did not. */
  launch(options?: SessionOptions): Promise<SessionDriver>;
  /** The same, after its first prompt. */
  launchReady(options?: SessionOptions): Promise<SessionDriver>;
  endSessions(): Promise<void>;
  close(): Promise<void>;
}

export async function startRealCli(adapter: Adapter, makeHome: (modelUrl: string) => Promise<AgentHome>): Promise<RealCli> {
  const model = await startModelServer();
  const home = await makeHome(model.url);
  const world = await startPtydWorld();
  const drivers: SessionDriver[] = [];
  const launch = async (options: SessionOptions = {}): Promise<SessionDriver> => {
    const driver = await launchSession(world, adapter, { ...options, env: { ...home.env, ...options.env } });
    drivers.push(driver);
    return driver;
  };
  return {
    world,
    model,
    home,
    launch,
    launchReady: async (options) => {
      const driver = await launch(options);
      const outcome = await driver.watch('start');
      if (outcome.kind !== 'ready') throw new Error(`expected a session that is ready, got ${JSON.stringify(outcome)}\n${await driver.text()}`);
      return driver;
    },
    endSessions: async () => {
      for (const driver of drivers.splice(0)) await driver.end().catch(() => undefined);
    },
    close: async () => {
      await world.close();
      await model.close();
      home.remove();
    },
  };
}

/** The ask of a blocked outcome; fails with what there is instead. */
export function askIn(outcome: WatchOutcome): Ask {
  if (outcome.kind !== 'blocked') throw new Error(`expected a prompt, got ${JSON.stringify(outcome)}`);
  return outcome.ask;
}

/** The conversation that an outcome names. */
export function conversationIn(outcome: WatchOutcome): string {
  if (outcome.kind !== 'ready' || outcome.conversationId === null) throw new Error(`expected a conversation, got ${JSON.stringify(outcome)}`);
  return outcome.conversationId;
}
