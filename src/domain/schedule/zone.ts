/** Names of time zones. Temporal's server knows the same database, but takes names only as they are written there. */

/** What is wrong with the name; null when it is one. */
export function zoneProblem(name: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{1,63}$/.test(name)) return 'expected the name of a time zone, such as Europe/Berlin';
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return known !== name && known.toLowerCase() === name.toLowerCase() ? `expected ${known}` : null;
  } catch {
    return 'expected the name of a time zone, such as Europe/Berlin';
  }
}
