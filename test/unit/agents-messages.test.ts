import { aiderAdapter } from '../../activities/agents/aider';
import { claudeAdapter } from '../../activities/agents/claude';
import { codexAdapter } from '../../activities/agents/codex';
import { geminiAdapter } from '../../activities/agents/gemini';
import { opencodeAdapter } from '../../activities/agents/opencode';

const adapters = [codexAdapter, geminiAdapter, opencodeAdapter, claudeAdapter, aiderAdapter];
const typed = (adapter: (typeof adapters)[number], text: string): string[] => adapter.message(text).map(({ data }) => data);

describe.each(adapters.map((adapter) => [adapter.type, adapter] as const))('%s', (_type, adapter) => {
  it('types a line, and pastes what has several', () => {
    expect(typed(adapter, 'hello')).toEqual(['hello', '\r']);
    expect(typed(adapter, 'hello\nthere')).toEqual(['\u001b[200~hello\nthere\u001b[201~', '\r']);
  });

  it('sends a line that the program would run as words', () => {
    expect(typed(adapter, '!rm -rf .')).toEqual(['\u001b[200~ !rm -rf .\u001b[201~', '\r']);
    expect(typed(adapter, '\n!rm -rf .')[0]?.startsWith('\u001b[200~ ')).toBe(true);
  });

  it('lets no message press keys', () => {
    expect(typed(adapter, 'a\u001b[201~\r1\u0003')).toEqual(['\u001b[200~a[201~\n1\u001b[201~', '\r']);
  });
});

it('sends the commands of Aider that run programs as words too', () => {
  expect(typed(aiderAdapter, '/run make')).toEqual(['\u001b[200~ /run make\u001b[201~', '\r']);
  expect(typed(aiderAdapter, '/clear')).toEqual(['/clear', '\r']);
});
