import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Imports run one way (see CONTRIBUTING.md): each folder of src with the folders that it may import. */
const mayImport = {
  shared: [],
  webview: ['shared'],
  memory: [],
  cloudflare: ['memory'],
  local: ['memory'],
  sync: ['memory'],
  transfer: ['memory'],
  mcp: ['memory'],
  cli: ['memory', 'cloudflare', 'local', 'sync', 'transfer', 'mcp'],
  vscode: ['shared', 'memory', 'cloudflare', 'local', 'sync', 'transfer', 'mcp'],
};
const folders = Object.keys(mayImport);

/** What the files of a folder may not import, beside `more`. A rule's options replace, so each folder states all of its own. */
const importsOf = (folder, ...more) => {
  const foreign = folders.filter((other) => other !== folder && !mayImport[folder].includes(other));
  return [
    'error',
    {
      patterns: [
        {
          regex: `^(\\.\\./)+(${foreign.join('|')})/|/extension\\.ts$`,
          message: `src/${folder} may import of src only: ${mayImport[folder].join(', ') || 'nothing'}.`,
        },
        ...(folder === 'vscode' ? [] : [{ regex: '^vscode$', message: 'Only src/vscode knows vscode.' }]),
        ...more,
      ],
    },
  ];
};

const outsideOfMemory = {
  regex: '^(node:(fs|http|https|net|sqlite|worker_threads|child_process)|undici)',
  message: 'src/memory knows no file, HTTP or database.',
};

export default tseslint.config(
  { ignores: ['dist/', 'artifacts/', '.vscode-test/'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    rules: {
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration',
          message: 'No barrels: import from the file that defines the name.',
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  ...folders.map((folder) => ({
    files: [`src/${folder}/**/*.ts`],
    rules: { 'no-restricted-imports': importsOf(folder, ...(folder === 'memory' ? [outsideOfMemory] : [])) },
  })),
  { files: ['*.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
    rules: { 'no-restricted-exports': 'off' },
  },
);
