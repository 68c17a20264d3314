/** Names of the tools that every run has; nothing that is installed may take them. */
export const BUILT_IN_NAMES = [
  ...['kv_set', 'kv_get', 'memory_store', 'memory_recall', 'delegate'],
  ...['fs_read', 'fs_patch', 'list_files', 'repo_map', 'grep', 'test_run', 'shell', 'http'],
] as const;
