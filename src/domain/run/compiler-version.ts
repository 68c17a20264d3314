/** What commits say that they were compiled by; a replay may be pinned to it. Raised whenever the same intent could come out otherwise. */
export const COMPILER_VERSION = 'everthread-compiler/1.0.0';
