/**
 * The plugin that tells the host what happens inside OpenCode: written to a session's private folder, loaded by that session alone. It only listens.
 *
 * Its records (source `plugin`): `session` (with `parentID` for a sub-agent's), `status` (`busy`, `idle`, `retry`), `asked` and `replied` (permissions), `tool`,
 * `text` (a finished piece of what the model said), `error`.
 */

/** Characters of one text that are recorded. */
const TEXT_MAX = 8_000;

/** The plugin's source, an ES module for OpenCode's own runtime. `recordsFile` is where records are appended. */
export const openCodePlugin = (recordsFile: string): string => `import { appendFileSync } from 'node:fs';

const tell = (data) => {
  try {
    appendFileSync(${JSON.stringify(recordsFile)}, JSON.stringify({ source: 'plugin', at: Date.now(), data }) + '\\n', { mode: 0o600 });
  } catch {}
};
const cut = (text) => String(text ?? '').slice(0, ${TEXT_MAX});

function told({ type, properties: about }) {
  switch (type) {
    case 'session.created':
      return { event: 'session', sessionID: about.sessionID ?? about.info.id, ...(about.info?.parentID && { parentID: about.info.parentID }) };
    case 'session.status':
      return { event: 'status', sessionID: about.sessionID, status: about.status?.type };
    case 'session.error':
      return { event: 'error', sessionID: about.sessionID, message: cut(about.error?.data?.message ?? about.error?.name) };
    case 'permission.asked':
      return { event: 'asked', sessionID: about.sessionID, requestID: about.id, permission: about.permission, patterns: (about.patterns ?? []).slice(0, 20).map(cut), command: about.metadata?.command && cut(about.metadata.command), path: about.metadata?.filepath && cut(about.metadata.filepath) };
    case 'permission.replied':
      return { event: 'replied', sessionID: about.sessionID, requestID: about.requestID, reply: about.reply };
    case 'message.part.updated': {
      const part = about.part;
      if (part.type === 'text' && part.time?.end && part.text) return { event: 'text', sessionID: part.sessionID, messageID: part.messageID, text: cut(part.text) };
      if (part.type === 'tool') return { event: 'tool', sessionID: part.sessionID, tool: part.tool, status: part.state?.status, title: cut(part.state?.title ?? part.state?.input?.command ?? part.state?.input?.filePath) };
      return null;
    }
    default:
      return null;
  }
}

export const Everthread = async () => ({
  event: async ({ event }) => {
    const data = told(event);
    if (data) tell(data);
  },
});
`;
