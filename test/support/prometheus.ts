/**
 * A strict reader of the Prometheus text format (0.0.4): what a real scraper would refuse, or would take for something else, throws here with its line. Beyond the grammar it
 * insists on what the format's guide asks for: HELP and TYPE before the samples, one family in one place, no sample twice, histograms that add up.
 */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly type: string;
  readonly samples: Sample[];
}

export interface Page {
  readonly families: ReadonlyMap<string, Family>;
  /** The value of the one sample with this name that has these labels among its own; undefined when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
  /** All samples of a name. */
  samples(name: string): readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.eE+-]+|[Nn]a[Nn]|[+-]Inf)(?: (-?\d+))?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];
const SUFFIXES: Readonly<Record<string, RegExp>> = { histogram: /_(bucket|sum|count)$/, summary: /_(sum|count)$/ };

const refuse = (line: string, why: string): never => {
  throw new Error(`${why}: ${line}`);
};

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? refuse(line, 'labels cannot be read');
    if (name in labels) refuse(line, `label ${name} comes twice`);
    labels[name] = value.replace(/\\(["\\n])/g, (_all, one: string) => (one === 'n' ? '\n' : one));
  }
  return labels;
}

const valueOf = (text: string, line: string): number => {
  // Readers take it in any case, and prom-client writes `Nan`.
  if (text.toLowerCase() === 'nan') return NaN;
  if (text.endsWith('Inf')) return text.startsWith('-') ? -Infinity : Infinity;
  const value = Number(text);
  return Number.isNaN(value) ? refuse(line, 'the value is no number') : value;
};

export function readPrometheus(text: string): Page {
  if (!text.endsWith('\n')) refuse(text.slice(-80), 'the page does not end with a line feed');
  const families = new Map<string, Family>();
  const helped = new Set<string>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (word !== undefined && !NAME.test(name)) refuse(line, 'the name is not one');
    if (word === 'HELP') {
      if (helped.has(name)) refuse(line, 'a second HELP');
      helped.add(name);
    } else if (word === 'TYPE') {
      if (families.has(name)) refuse(line, 'a second TYPE');
      if (!helped.has(name)) refuse(line, 'TYPE without HELP');
      if (!TYPES.includes(rest)) refuse(line, 'the type is not one');
      families.set(name, { type: rest, samples: [] });
      current = name;
    } else if (!line.startsWith('#')) addSample(line, current, families, seen);
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family.samples);
  return pageOf(families);
}

function addSample(line: string, current: string, families: Map<string, Family>, seen: Set<string>): void {
  const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? refuse(line, 'not a sample');
  const family = families.get(current);
  const base = family ? name.replace(SUFFIXES[family.type] ?? /$^/, '') : '';
  if (!family || (base !== current && name !== current)) return refuse(line, 'a sample outside its family');
  const labels = labelsOf(labelText, line);
  const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
  if (seen.has(key)) refuse(line, 'a sample twice');
  seen.add(key);
  if (family.type === 'counter' && !(valueOf(value, line) >= 0)) refuse(line, 'a counter below zero');
  family.samples.push({ name, labels, value: valueOf(value, line) });
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`).map(({ labels, value }) => [valueOf(labels['le'] ?? '', key), value] as const);
    const count = all.find((sample) => sample.name === `${name}_count`)?.value;
    if (!all.some((sample) => sample.name === `${name}_sum`)) refuse(key, `${name} has no sum`);
    if (buckets.at(-1)?.[0] !== Infinity || buckets.at(-1)?.[1] !== count) refuse(key, `${name}: the last bucket is not all of them`);
    buckets.forEach(([le, value], n) => {
      const before = buckets[n - 1];
      if (before && (before[0] >= le || before[1] > value)) refuse(key, `${name}: buckets do not grow`);
    });
  }
}

function pageOf(families: ReadonlyMap<string, Family>): Page {
  const samples = (name: string): readonly Sample[] =>
    (families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, '')))?.samples.filter((sample) => sample.name === name) ?? [];
  return {
    families,
    samples,
    value(name, labels = {}) {
      const found = samples(name).filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
      if (found.length > 1) throw new Error(`${name}: ${found.length} samples have ${JSON.stringify(labels)}`);
      return found[0]?.value;
    },
  };
}
