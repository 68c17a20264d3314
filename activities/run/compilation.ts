/** What is to be compiled, read anew at every call: the intent, the writ, the tool, the world as the ledger has it. */
import type { CompileInput, RunIdentity } from '../../src/contracts/run/activities';
import type { RunSpec } from '../../src/contracts/run/start';
import type { Tool } from '../../src/contracts/run/ports';
import { Intent, Proposal, type Writ } from '../../src/contracts/run/protocol';
import { parse } from '../../src/contracts/parse';
import { compile, toolOf, type Compiled } from '../../src/domain/run/authority/compile';
import { policyHash, type PolicySet } from '../../src/domain/run/authority/policies';
import { isWritSigned } from '../../src/domain/run/writ';
import { foldWorld, type LedgerWorld } from '../../src/domain/run/ledger/world';
import { Fault } from '../../src/errors/fault';
import type { RunDependencies } from './dependencies';

/** A ledger that was folded to this. */
export interface Compilation {
  readonly intent: Intent;
  readonly writ: Writ;
  readonly tool: Tool | null;
  readonly world: LedgerWorld;
  readonly policySetHash: string;
  readonly compiled: Compiled;
}

const gone = (what: string): Fault => new Fault('internal', 'run.gone', `${what} of the run is not stored any more.`, {});

async function stored(deps: RunDependencies, tenant: string, ref: string, what: string): Promise<unknown> {
  const text = await deps.blobs.get(tenant, ref);
  if (text === null) throw gone(what);
  return JSON.parse(text);
}

export const readIntent = async (deps: RunDependencies, { tenant }: RunIdentity, ref: string): Promise<Intent> =>
  parse(Intent, await stored(deps, tenant, ref, 'an intent'), 'run.gone');
export const readProposal = async (deps: RunDependencies, { tenant }: RunIdentity, ref: string): Promise<Proposal> =>
  parse(Proposal, await stored(deps, tenant, ref, 'a proposal'), 'run.gone');

/** Outside of what a proposal's id is taken over. */
async function routed(deps: RunDependencies, { run, routingRef }: CompileInput, compiled: Compiled): Promise<Compiled> {
  if (routingRef === null) return compiled;
  const evidence = ((await stored(deps, run.tenant, routingRef, 'the routing')) as RunSpec).routed?.evidence ?? null;
  return evidence === null ? compiled : { ...compiled, proposal: { ...compiled.proposal, routing_evidence: deps.redact(evidence) } };
}

export async function compileNow(deps: RunDependencies, input: CompileInput): Promise<Compilation> {
  const { run, intentRef, writId, used, approval } = input;
  const { tenant, trajectoryId } = run;
  const [intent, found, revoked, lineage] = await Promise.all([
    readIntent(deps, run, intentRef),
    deps.writs.find(tenant, writId),
    deps.writs.revoked(tenant, writId),
    deps.ledger.lineage({ tenant, trajectoryId }),
  ]);
  if (!found) throw gone('the writ');
  const { writ } = found;
  const tool = await deps.tools.find(tenant, toolOf(intent.body));
  const { world } = foldWorld(lineage);
  const policies: PolicySet = deps.policies();
  const compiled = compile({
    ...{ intent, writ, revoked, tool, world, used, policies },
    shownArgs: deps.redact(intent.body.args),
    isSigned: isWritSigned,
    now: Date.now() / 1_000,
    gates: deps.gates,
    ...(approval && { approval: { proposal: await readProposal(deps, run, approval.proposalRef), channels: approval.channels } }),
  });
  return {
    intent,
    writ,
    tool,
    world,
    policySetHash: policyHash(policies, tenant),
    compiled: await routed(deps, input, compiled),
  };
}
