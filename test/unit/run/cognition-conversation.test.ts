import type { z } from 'zod';
import type { EntryPayload, LedgerEntry } from '../../../src/contracts/run/protocol';
import type { ThinkingRequest, ToolDefinition } from '../../../src/contracts/run/ports';
import { asText, conversation, CONVERSATION_LIMITS, type Turn } from '../../../src/domain/run/cognition/conversation';
import { HISTORY_LIMITS, keptTurns, taskWithHistory } from '../../../src/domain/run/cognition/history';
import { standingPrompt, stepPrompt } from '../../../src/domain/run/cognition/prompt';

type Json = z.core.util.JSONType;
const id = (letter: string): string => letter.repeat(64);
const entries = (...payloads: unknown[]): LedgerEntry[] =>
  payloads.map((payload, seq) => ({
    ...{ id: id('e'), trajectory_id: id('f'), parent: null, seq, kind: 'x', created_at: 0 },
    payload: payload as EntryPayload,
  }));
const intents = (...known: [string, { tool: string; step: number; args?: Json; rationale?: string }][]): ThinkingRequest['intents'] =>
  new Map(known.map(([letter, { args = {}, rationale = '', ...intent }]) => [id(letter), { ...intent, args, rationale, callId: 'call_1' }]));
const told = (lineage: readonly LedgerEntry[], known: ThinkingRequest['intents'], task = 'now'): readonly Turn[] =>
  conversation({ task, history: [], lineage, intents: known });

const root = { type: 'root', note: 'first' };
const commit = (letter: string, output: Json = { ok: true }) => ({
  ...{ type: 'commit', id: id('c') },
  body: { intent_id: id(letter), proposal_id: id(letter), seq: 1, observations: [{ tool: 'kv_set', output, latency_ms: 1 }], delta: [] },
});
const pending = (letter: string) => ({
  ...{ type: 'pending_approval', channel: 'high-risk', reason: 'It is risky.' },
  proposal: { id: id(letter), body: { intent_id: id(letter), plan: { tool: 'shell', args: {} } } },
});
const results = (turns: readonly Turn[]): string[] => turns.flatMap((turn) => (turn.role === 'calls' ? turn.calls.map(({ result }) => result) : []));

describe('what a model is told of its run', () => {
  it('is the task alone at first', () => {
    expect(told(entries(root), intents())).toEqual([{ role: 'user', text: 'now' }]);
    expect(told([], intents())).toEqual([{ role: 'user', text: 'now' }]);
  });

  it('has one turn for each answer, with its calls in order and what came of each', () => {
    const known = intents(
      ['1', { tool: 'kv_set', step: 0, args: { key: 'a' }, rationale: 'both' }],
      ['2', { tool: 'fs_read', step: 0, rationale: 'both' }],
      ['3', { tool: 'kv_get', step: 1 }],
    );
    const lineage = entries(
      root,
      commit('1'),
      { type: 'rejection', intent_id: id('2'), reason: { kind: 'authority_void', detail: 'not in scope' } },
      commit('3'),
    );

    const turns = told(lineage, known);

    expect(turns.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'now'],
      ['calls', 'both'],
      ['calls', ''],
    ]);
    expect(turns[1]).toMatchObject({
      calls: [
        { id: `call_${'1'.repeat(24)}`, tool: 'kv_set', args: { key: 'a' }, result: 'Committed as entry 1. Result: {"ok":true}' },
        { tool: 'fs_read', result: 'Rejected before it ran: it is outside of what this run may do (not in scope). Nothing was changed.' },
      ],
    });
  });

  it('says what failed and what nobody knows', () => {
    const failed = (letter: string, outcome: string) => ({
      type: 'execution_failed',
      intent_id: id(letter),
      proposal_id: id(letter),
      tool: 'shell',
      outcome,
      error: 'It broke.',
    });
    const known = intents(['1', { tool: 'shell', step: 0 }], ['2', { tool: 'shell', step: 1 }]);

    expect(results(told(entries(root, failed('1', 'failed'), failed('2', 'unknown')), known))).toEqual([
      'Execution failed: It broke.',
      'Execution began, and nobody knows how it ended: It broke. Look at what it may have done before you try it again.',
    ]);
  });

  it('adds what people said to what came of it', () => {
    const known = intents(['1', { tool: 'shell', step: 0 }], ['2', { tool: 'shell', step: 1 }], ['3', { tool: 'shell', step: 2 }]);
    const verdict = (letter: string, approved: boolean, comment: string | null) => ({
      type: 'approval',
      proposal_id: id(letter),
      channel: 'high-risk',
      approved,
      approver: 'ann',
      comment,
      at: '',
    });
    const unknown = { type: 'execution_failed', intent_id: id('3'), proposal_id: id('3'), tool: 'shell', outcome: 'unknown', error: 'Lost.' };
    const lineage = entries(root, pending('1'), verdict('1', true, null), commit('1'), pending('2'), verdict('2', false, 'not today'), unknown, {
      ...{ type: 'effect_resolved', proposal_id: id('3'), outcome: 'done', output: { n: 1 }, resolved_by: 'ann', at: '' },
    });

    const said = results(told(lineage, known));

    expect(said[0]).toBe('Committed as entry 1. Result: {"ok":true} A person approved it.');
    expect(said[1]).toBe('Waits for a person (high-risk): It is risky. It has not run. A person refused it: not today');
    expect(said[2]).toMatch(/^Execution began.*A person found out that it was done\. Result: {"n":1}$/);
  });

  it('gives each delegation its own answer', () => {
    const delegated = (answer: string) => ({ type: 'delegation', child_trajectory_id: id('9'), task: 'part', final_answer: answer });
    const known = intents(['1', { tool: 'delegate', step: 0, args: { task: 'part' } }], ['2', { tool: 'delegate', step: 0, args: { task: 'part' } }]);

    const [, turn] = told(entries(root, delegated('one'), delegated('two')), known);

    expect(turn).toMatchObject({
      calls: [
        { id: `call_${'1'.repeat(24)}`, result: 'The delegated run answered: one' },
        { id: `call_${'2'.repeat(24)}`, result: 'The delegated run answered: two' },
      ],
    });
  });

  it('goes on after an end, with the task of the resumption, and keeps steps of the same number apart', () => {
    const known = intents(['1', { tool: 'kv_set', step: 0 }], ['2', { tool: 'kv_set', step: 0 }]);
    const lineage = entries(
      root,
      commit('1'),
      { type: 'final_answer', text: 'done', terminated_by: 'CognitionDone' },
      { type: 'resume', task: 'more', by: 'a', writ_id: id('w'), at: '' },
      commit('2'),
    );

    expect(told(lineage, known, 'more').map(({ role, text }) => [role, text])).toEqual([
      ['user', 'first'],
      ['calls', ''],
      ['assistant', 'done'],
      ['user', 'The run was resumed.\n\nmore'],
      ['calls', ''],
    ]);
  });

  it('tells a branch what came before it', () => {
    const lineage = entries(root, commit('1'), { type: 'branch', note: 'shadow branch', source_trajectory_id: id('f'), source_commit_id: id('c') });

    const turns = told(lineage, intents(['1', { tool: 'kv_set', step: 0 }]), 'another way');

    expect(turns.map(({ text }) => text)).toEqual(['first', '', 'From here on this is a branch of the work above.\n\nanother way']);
  });

  it('does without intents that nobody has any more', () => {
    expect(told(entries(root, commit('1')), intents())[1]).toMatchObject({ calls: [{ tool: 'kv_set', args: {} }] });
  });

  it('cuts a long result and says so', () => {
    const [result = ''] = results(told(entries(root, commit('1', 'x'.repeat(50_000))), intents(['1', { tool: 'kv_set', step: 0 }])));

    expect(result.length).toBeLessThan(CONVERSATION_LIMITS.result + 100);
    expect(result).toMatch(/characters are left out here\)$/);
  });

  it('makes room with the oldest results first, and keeps the newest whole', () => {
    const letters = 'abcdef0123456789'.split('');
    const known = intents(...letters.map((letter, step) => [letter, { tool: 'kv_set', step }] as [string, { tool: string; step: number }]));

    const said = results(told(entries(root, ...letters.map((letter) => commit(letter, 'y'.repeat(15_000)))), known));

    expect(said).toHaveLength(16);
    expect(said.map((text) => text.length > 10_000)).toEqual([...Array<boolean>(3).fill(false), ...Array<boolean>(13).fill(true)]);
  });

  it('leaves out whole answers when that is not enough, and says how many', () => {
    const lineage = entries(
      root,
      ...Array.from({ length: 200 }, (_, n) => ({
        type: 'rejection',
        intent_id: n.toString(16).padStart(64, '0'),
        reason: { kind: 'policy_denied', detail: 'no '.repeat(2_000) },
      })),
    );
    const known: ThinkingRequest['intents'] = new Map(
      lineage
        .slice(1)
        .map(({ payload }, step) => [(payload as { intent_id: string }).intent_id, { tool: 't'.repeat(5_000), args: {}, rationale: '', callId: 'c', step }]),
    );

    const turns = told(lineage, known);
    const size = JSON.stringify(turns).length;

    expect(size).toBeLessThan(CONVERSATION_LIMITS.all + 50_000);
    expect(turns[0]).toMatchObject({ role: 'user', text: expect.stringMatching(/\(\d+ earlier answers and their results are left out/) });
    expect(turns.at(-1)).toMatchObject({ role: 'calls' });
  });

  it('can be told in words alone, one side after the other', () => {
    const turns = asText(told(entries(root, commit('1')), intents(['1', { tool: 'kv_set', step: 0, args: { key: 'a' }, rationale: 'hm' }])));

    expect(turns).toEqual([{ role: 'user', text: 'now\n\nYou said: hm\n\nYou called kv_set with {"key":"a"}.\nCommitted as entry 1. Result: {"ok":true}' }]);
  });
});

describe('earlier turns of a conversation', () => {
  const turn = (n: number, text = `turn ${n}`) => ({ role: n % 2 === 0 ? 'user' : 'assistant', text });

  it('stand before the task', () => {
    expect(taskWithHistory('do it', [turn(0), turn(1)])).toBe('## Conversation so far\n\nuser: turn 0\n\nassistant: turn 1\n\n## Current message\n\ndo it');
    expect(taskWithHistory('do it', [])).toBe('do it');
  });

  it('are the first and the newest, at most 24', () => {
    const { turns, left } = keptTurns(Array.from({ length: 30 }, (_, n) => turn(n)));

    expect(turns.map(({ text }) => text)).toEqual(['turn 0', ...Array.from({ length: 23 }, (_, n) => `turn ${n + 7}`)]);
    expect(left).toBe(6);
    expect(
      taskWithHistory(
        'x',
        Array.from({ length: 30 }, (_, n) => turn(n)),
      ),
    ).toContain('(6 turns between these are left out.)');
  });

  it('are cut to 1,500 characters each and 8,000 together', () => {
    const { turns } = keptTurns(Array.from({ length: 10 }, (_, n) => turn(n, 'z'.repeat(5_000))));

    expect(turns.every(({ text }) => text.length === HISTORY_LIMITS.turnChars)).toBe(true);
    expect(turns).toHaveLength(5);
  });
});

describe('what a model is told before that', () => {
  const budgetLeft = { tokens: 900, tool_calls: 3, wall_clock_ms: 1_500, usd_millicents: 12_345 };

  it('names the tools within its authority, and that proposals may be rejected', () => {
    const tools: ToolDefinition[] = [
      {
        ...{ name: 'kv_set', version: '1', description: '', effect_class: 'write', risk_class: 'low' },
        input_schema: {},
        idempotent: true,
        estimate: budgetLeft,
      },
    ];

    expect(standingPrompt({ tools })).toMatch(/may reject it[\s\S]*- kv_set \(effect write, risk low\)/);
    expect(standingPrompt({ tools: [] })).toContain('no tools');
  });

  it('says what is left, and when it is the last step', () => {
    expect(stepPrompt({ tools: [], budgetLeft, step: 0, maxSteps: 2 })).toBe(
      'Step 1 of at most 2. Left of the budget: 3 tool calls, 900 tokens, 2 s of tool time, 0.123 US dollars.',
    );
    expect(stepPrompt({ tools: [], budgetLeft, step: 1, maxSteps: 2 })).toContain('This is the last step');
  });
});
