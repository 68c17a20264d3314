/** The little language in which tests tell the scripted agent what to do: commands separated by line ends or `;`. */

export type ScriptedCommand =
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'work'; readonly ms: number }
  | { readonly do: 'tool'; readonly name: string; readonly ms: number }
  | { readonly do: 'ask'; readonly category: string; readonly command: string }
  | { readonly do: 'question'; readonly text: string }
  | { readonly do: 'login' }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'daemon' }
  | { readonly do: 'flood'; readonly lines: number }
  | { readonly do: 'hang' }
  | { readonly do: 'confidence'; readonly value: number }
  | { readonly do: 'echo'; readonly text: string };

const MS_MAX = 600_000;
const FLOOD_MAX = 1_000_000;

const number = (text: string | undefined, otherwise: number, max: number): number => {
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? Math.min(value, max) : otherwise;
};

function commandOf(line: string): ScriptedCommand {
  const [word = '', ...rest] = line.split(/\s+/);
  const text = line.slice(word.length).trim();
  switch (word) {
    case 'say':
      return { do: 'say', text };
    case 'work':
      return { do: 'work', ms: number(rest[0], 100, MS_MAX) };
    case 'tool':
      return { do: 'tool', name: rest[0] ?? 'tool', ms: number(rest[1], 100, MS_MAX) };
    case 'ask':
      return { do: 'ask', category: rest[0] ?? 'shell', command: rest.slice(1).join(' ') };
    case 'question':
      return { do: 'question', text };
    case 'login':
      return { do: 'login' };
    case 'crash':
      return { do: 'exit', code: number(rest[0], 1, 255) };
    case 'bye':
    case '/exit':
      return { do: 'exit', code: 0 };
    case 'spawn-daemon':
      return { do: 'daemon' };
    case 'flood':
      return { do: 'flood', lines: number(rest[0], 1_000, FLOOD_MAX) };
    case 'hang':
      return { do: 'hang' };
    case 'confidence':
      return { do: 'confidence', value: number(rest[0], 0, 1) };
    default:
      return { do: 'echo', text: line };
  }
}

/** The commands of one message, in order. */
export const commandsOf = (message: string): ScriptedCommand[] =>
  message
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(commandOf);
