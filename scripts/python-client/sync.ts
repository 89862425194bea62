/** The synchronous half of the Python client, made of the asynchronous one: the same words without `async`. */

// As httpcore and elasticsearch-py do it: https://github.com/encode/httpcore/blob/master/scripts/unasync.py
const substitutions: readonly (readonly [RegExp, string])[] = [
  [/\basync (def|for|with)\b/g, '$1'],
  [/\bawait /g, ''],
  [/\bAsync(?=[A-Z])/g, ''],
  [/\bStopAsyncIteration\b/g, 'StopIteration'],
  [/\b__a(enter|exit|iter|next)__/g, '__$1__'],
  [/\ba(close|read|iter_bytes|iter_text|iter_sse)\b/g, '$1'],
  [/\b_async\b/g, '_sync'],
]

/** The synchronous form of a module. */
export const syncOf = (text: string, path: string): string =>
  `# Generated from ${path} by \`npm run generate\`.\n` +
  substitutions.reduce((made, [pattern, by]) => made.replaceAll(pattern, by), text)
