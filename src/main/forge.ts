/** Calls to the forge of the configuration, in the form of GitHub's REST interface. */
import type { CallForge } from '../../activities/org/pull-requests';
import type { ForgeConfig } from '../config/forge';
import { guardedRequest } from '../outgoing/guarded-request';

const CALL_MS = 20_000;
const ANSWER_BYTES = 4 * 1024 * 1024;

/** The operator gave the address, so it may be one of a private network. The token goes to nobody else: redirects are not followed. */
export const callForge =
  ({ url, token }: NonNullable<ForgeConfig>): CallForge =>
  ({ method, path, body }) =>
    guardedRequest(
      {
        ...{ url: `${url}${path}`, method, timeoutMs: CALL_MS, maxBytes: ANSWER_BYTES },
        headers: {
          ...{ Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28', 'User-Agent': 'Everthread' },
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(token !== null && { Authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      { allowPrivate: true },
    );
