/** Lint: only what a formatter and the compiler cannot say. Type-aware where a promise or a union could be forgotten. */
import tseslint from 'typescript-eslint';

const kebab = '^\\.?[a-z0-9]+(-[a-z0-9]+)*(\\.(test|config))?$';

/** File names say what is inside. */
const fileName = {
  meta: { type: 'problem', schema: [], messages: { bad: 'Name the file in kebab-case for what it holds; not {{name}}.' } },
  create: (context) => ({
    Program(node) {
      const name = context.filename
        .split('/')
        .at(-1)
        .replace(/\.[a-z]+$/, '');
      if (!new RegExp(kebab).test(name) || /^(utils?|helpers?|common|types|models?|manager|service)$/.test(name))
        context.report({ node, messageId: 'bad', data: { name } });
    },
  }),
};

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'coverage/',
      '.everthread/',
      'bench/*/node_modules/',
      'test/agent-clis/node_modules/',
      'test/replay/histories/',
      'src/client/generated/',
      'src/surfaces/scriptum/generated/',
    ],
  },
  {
    files: ['**/*.{js,cjs,mjs,ts}'],
    plugins: { everthread: { rules: { 'file-name': fileName } } },
    rules: { 'everthread/file-name': 'error' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // A validator or a handler that returns a promise where none is awaited stalls an actor.
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-require-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': 'error',
      'no-console': 'error',
      'no-control-regex': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only: one name for a thing in the whole tree.' }],
    },
  },
  {
    // A message that arrives during an await must not be overwritten by what was read before it.
    files: ['workflows/**/*.ts'],
    rules: { 'require-atomic-updates': ['error', { allowProperties: true }] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      // Jest's setup files are called by their default export.
      'no-restricted-syntax': 'off',
    },
  },
);
