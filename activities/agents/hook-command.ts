/** The host's record command in the spellings that CLIs want for their hooks. */

/** One word of a POSIX shell, whatever is in it. */
export const shellWord = (word: string): string => (/^[A-Za-z0-9_\/.:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/**
 * A shell command line for CLIs that take hooks as such. It is made of the host's own argument array, each word quoted; nothing of a thread's
 * input is in it. `source` names what the record comes from.
 */
export const hookCommand = (recordCommand: readonly string[], source: string): string => [...recordCommand, source].map(shellWord).join(' ');
