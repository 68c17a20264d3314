/** What a large script costs before it runs: reading it, checking it and compiling it, as every publication does. No server takes part. */
import { performance } from 'node:perf_hooks';
import { compileScript } from '../src/domain/script/compile-script';
import { printIrYaml } from '../src/domain/script/ir/print-ir';
import { Fault } from '../src/errors/fault';
import { atMost, figure, type Figure } from './figures';
import type { Bench } from './scenario';

const LINES = 5_000;
const WARM_UP = 5;
const TARGET_MS = 200;

/** Blocks as people write them: a call with what is done about its errors, a decision, a text that is put together. */
function script(): string {
  const head = ['script "large"', 'input', '  city: text(min = 1)', 'import tools', '  http from native'];
  const block = (at: number): readonly string[] => [
    `do "Fetch ${at}" with http -> page_${at}`,
    `  url = "https://example.com/{input.city}/${at}"`,
    '  on error: retry 2',
    `decide "How is ${at}?" with rules`,
    `  when page_${at}.status >= 400 or not contains(page_${at}.body, city) -> "bad"`,
    '  otherwise -> "good"',
    '  "bad":',
    `    let note_${at} = "{city}: {page_${at}.status}"`,
    '  "good":',
    `    let note_${at} = first(map(page_${at}.items, item => item.name ?? "none"))`,
  ];
  const lines = [...head];
  for (let at = 0; lines.length + block(at).length <= LINES; at++) lines.push(...block(at));
  while (lines.length < LINES) lines.push('-- the end');
  return `${lines.join('\n')}\n`;
}

export function scriptCompile({ options }: Bench): Promise<readonly Figure[]> {
  const text = script();
  const compiles: number[] = [];
  const prints: number[] = [];
  for (let at = -WARM_UP; at < options.samples; at++) {
    const started = performance.now();
    const { ir, diagnostics } = compileScript(text);
    const compiled = performance.now();
    if (ir === null) throw new Fault('internal', 'bench.script', `The script of the benchmark is wrong: ${diagnostics[0]?.message ?? ''}`);
    printIrYaml(ir);
    if (at < 0) continue;
    compiles.push(compiled - started);
    prints.push(performance.now() - compiled);
  }
  return Promise.resolve([
    figure(`a script of ${LINES} lines: read, checked and compiled`, 'ms', compiles, { target: atMost(TARGET_MS) }),
    figure('its representation: printed as YAML', 'ms', prints, { note: 'only where somebody asks for it' }),
  ]);
}
