/** One JSON object per line, in both directions: the framing of ptyd's socket. */
import { StringDecoder } from 'node:string_decoder';
import { Fault } from '../errors/fault';
import { PTYD_LIMITS } from './protocol';

/**
 * Cuts a byte stream into lines. The returned function takes the next bytes and gives the lines that they complete.
 * Fault `ptyd.line_too_long` (invalid) when a line grows over `maxBytes`: the connection should be dropped.
 */
export function lineSplitter(maxBytes: number = PTYD_LIMITS.line): (bytes: Buffer) => string[] {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let held = 0;
  return (bytes) => {
    const lines: string[] = [];
    let text = decoder.write(bytes);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      lines.push(pieces.join('') + text.slice(0, end));
      pieces = [];
      held = 0;
      text = text.slice(end + 1);
    }
    held += text.length;
    if (held > maxBytes) throw new Fault('invalid', 'ptyd.line_too_long', `A line is longer than ${maxBytes} bytes.`, { maxBytes });
    if (text) pieces.push(text);
    return lines;
  };
}

export const encodeLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
