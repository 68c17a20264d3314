/** How long a CLI may take to take a message. */
import type { SessionView } from './adapter';

/** On a busy machine CLIs need seconds for the first message of a conversation. After that the screen is believed again. */
const TAKE_MS = 12_000;

/**
 * True while a message was typed and nothing shows yet that it was taken: its words stand in the composer, and that is not the end of a turn.
 * Messages that start no turn (a CLI's own commands) look the same; for them this time is waited in vain.
 */
export const stillTaking = ({ purpose, sinceMs }: Pick<SessionView, 'purpose' | 'sinceMs'>): boolean => purpose === 'turn' && sinceMs < TAKE_MS;
