import tseslint from 'typescript-eslint'
import jsdoc from 'eslint-plugin-jsdoc'
import * as regexp from 'eslint-plugin-regexp'

export default tseslint.config(
  { ignores: ['dist/', '.tap/', 'reports/', '**/node_modules/', '**/.venv/', 'clients/', 'src/client/generated/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      // Closures are the house's objects, and the contract's shapes are types made from schemas.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Closures have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // An expression that backtracks beyond linear time lets one request hold the event loop (OWASP, "ReDoS").
    files: ['src/**/*.ts', 'schemas/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false, ignorePartial: false }],
      'regexp/no-invalid-regexp': 'error',
      'regexp/no-dupe-disjunctions': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'schemas/**/*.ts'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          contexts: [
            'TSTypeAliasDeclaration',
            'TSInterfaceDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          checkConstructors: false,
        },
      ],
    },
  },
)
