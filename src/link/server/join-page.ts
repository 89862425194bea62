/** The page behind the join line, for browsers: one file, no external resource, light and dark. */
import { createHash } from 'node:crypto'
import type { ClusterNode } from '../../../schemas/cluster-node.ts'
import { curlFlags, type Door, joinList, urlOf } from './join-line.ts'
import { MIN_NODE } from './join-script.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2321; --paper: #f6f7f4; --card: #fff; --line: #d5dad3; --accent: #1d6b4f; --soft: #59635e }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ebe8; --paper: #131715; --card: #1b211e; --line: #333c37; --accent: #63c79d; --soft: #9aa59f } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
p { margin: .5rem 0 } small, .soft { color: var(--soft) }
label { display: block; font-weight: 600; margin-top: 1.5rem }
input { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .75rem; margin-top: .25rem }
.line { display: flex; gap: .5rem; align-items: stretch; margin: .5rem 0 }
code { font: .9rem/1.5 ui-monospace, monospace }
.line code { flex: 1; min-width: 0; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .75rem }
button { font: inherit; font-weight: 600; color: var(--paper); background: var(--accent); border: 0; border-radius: .5rem; padding: .6rem 1rem; min-width: 5.5rem; cursor: pointer }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line) } th { font-weight: 600; white-space: nowrap } td { overflow-wrap: anywhere }
`

/**
 * Puts the token into the lines, and copies a line. A token in the fragment of the address (`/join#TOKEN`) is never sent
 * to a server. `navigator.clipboard` exists on https and localhost only, hence the older way beside it.
 */
const SCRIPT = `
const input = document.querySelector('input')
const tokens = document.querySelectorAll('.token')
const show = () => tokens.forEach((token) => { token.textContent = /^[\\w.~+-]+$/.test(input.value.trim()) ? input.value.trim() : 'TOKEN' })
input.value = location.hash.slice(1)
input.addEventListener('input', show)
show()
for (const button of document.querySelectorAll('button')) {
  const line = button.previousElementSibling
  button.addEventListener('click', async () => {
    const range = document.createRange()
    range.selectNodeContents(line)
    getSelection().removeAllRanges()
    getSelection().addRange(range)
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(line.textContent).then(() => true, () => false)
      : document.execCommand('copy')
    button.textContent = copied ? 'Copied' : 'Press Ctrl-C'
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
}
`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Lets the page run its own style and script, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const line = (before: string, after = ''): string =>
  `<div class="line"><code>${before}<span class="token">TOKEN</span>${after}</code><button type="button">Copy</button></div>`

const needed = `${MIN_NODE.major}.${MIN_NODE.minor}`

/** The page; `join` is the value of `--join`, and `after` what stands behind the token in the line of a POSIX shell. */
const pageOf = (
  door: Door,
  { join, after }: { readonly join: string; readonly after: string },
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Join the cluster at ${door.node}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Make this device part of the cluster</h1>
<p>An old phone, tablet, laptop or Raspberry Pi joins the Retire-Cluster node at <code>${door.node}</code> by one line in its terminal.</p>
<label>Join token<input autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="as the node printed it when it started"></label>
<small>It stays in this page; it is put into the lines below, and sent nowhere.</small>
<h2>Linux, Android (Termux), macOS</h2>
${line(`curl ${curlFlags('fsS', door)} ${urlOf(door, '/join')} | sh -s -- `, after)}
<h2>Windows (PowerShell)</h2>
${line(`curl.exe ${curlFlags('fsSO', door)} ${urlOf(door, '/worker.mjs')}; node worker.mjs --join ${join} --token `)}
<h2>What it does</h2>
<p>It downloads one file, the worker, from this node, checks it against its SHA-256, and runs it with the Node that is installed on the device. It needs no root and changes nothing else. The worker runs <code>echo</code>, <code>sleep</code> and <code>system_info</code> tasks; anything more runs only where you add <code>--allow</code>. Ctrl-C stops it.</p>
<h2>Node ${needed} or newer is needed</h2>
<table>
<tr><th>Android (Termux)</th><td><code>pkg install nodejs-lts</code></td></tr>
<tr><th>Debian, Raspberry&nbsp;Pi&nbsp;OS</th><td><code>curl -fsSL https://deb.nodesource.com/setup_22.x | sudo -E bash - &amp;&amp; sudo apt-get install -y nodejs</code></td></tr>
<tr><th>macOS</th><td><code>brew install node</code>, or the installer at nodejs.org</td></tr>
<tr><th>Windows</th><td><code>winget install OpenJS.NodeJS.LTS</code></td></tr>
</table>
<p class="soft">Read the script before you run it: <code>curl ${curlFlags('fsS', door)} ${urlOf(door, '/join')}</code></p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`

/** The page. Where there are several nodes, its lines list them. */
export const joinPage = (door: Door, nodes: readonly ClusterNode[]): string => {
  const list = joinList(nodes, door.fingerprint)
  return pageOf(door, list === undefined ? { join: door.node, after: '' } : { join: list, after: ` --join ${list}` })
}
