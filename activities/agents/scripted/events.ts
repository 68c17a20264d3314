/** What the scripted agent shows and tells; shared by the program and its adapter. */

export const PROMPT = 'scripted> ';
/** Shown while an ask is open: for one key, and for a line. */
export const PROMPTS = { choice: 'choice> ', answer: 'answer> ' } as const;

export const ASK_OPTIONS = [
  { option: 1, label: 'Yes' },
  { option: 2, label: 'Always' },
  { option: 3, label: 'No' },
] as const;

export type ScriptedEvent =
  | { readonly event: 'session_start'; readonly conversationId: string }
  | { readonly event: 'turn_start' }
  | { readonly event: 'said'; readonly text: string }
  | { readonly event: 'tool_start'; readonly name: string }
  | { readonly event: 'tool_end'; readonly name: string }
  | {
      readonly event: 'asked';
      readonly kind: 'permission' | 'question' | 'login';
      readonly text: string;
      readonly category?: string;
      readonly command?: string;
      readonly url?: string;
      readonly code?: string;
    }
  | { readonly event: 'answered' }
  | { readonly event: 'turn_end'; readonly message: string; readonly confidence?: number };
