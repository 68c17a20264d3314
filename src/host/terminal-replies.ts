/**
 * What a terminal answers by itself when a program asks it (where is the cursor, what are you, which colours): ptyd's own terminal has answered
 * already, so the answers of terminals that people attach are taken out of what they type.
 */

const REPLIES: readonly RegExp[] = [
  // Device attributes, cursor position, device status, mode reports, keyboard protocol, window size.
  // eslint-disable-next-line no-control-regex
  /\u001b\[(?:[?>=][\d;]*c|\?[\d;]+\$y|[\d;]+\$y|\d+;\d+R|\?\d+;\d+(?:;\d+)?R|0n|\?\d+u|[468];\d+;\d+t)/g,
  // Colours and other answers to operating system commands.
  // eslint-disable-next-line no-control-regex
  /\u001b\](?:4;\d{1,3}|1[0-9]);rgb:[0-9a-fA-F/]{1,40}(?:\u0007|\u001b\\)/g,
  // Answers to device control strings (settings, version).
  // eslint-disable-next-line no-control-regex
  /\u001bP(?:>\|[ -~]{0,200}|[01][$+]r[ -~]{0,200}|!\|[0-9A-Fa-f]{0,40})\u001b\\/g,
];

export const withoutTerminalReplies = (typed: string): string => REPLIES.reduce((text, reply) => text.replace(reply, ''), typed);
