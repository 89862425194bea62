import t from 'tap'
import type { JoinTokenCreated } from '../../schemas/index.ts'
import { makeCertificate } from '../link/certificates.ts'
import { startCluster } from '../start-cluster.ts'
import { openPage } from './browser.ts'

void t.test('"Try it out" on submit works in a browser, under the policy of the page', async (t) => {
  const cluster = await startCluster(t, { workers: 1 })
  const { page, faults } = await openPage(t, { width: 1200, height: 1000 })
  await page.goto(`${cluster.url}/docs/`)
  const submit = page.locator('#operations-tasks-submitTask')
  await submit.locator('.opblock-summary-control').click()
  const body = submit.locator('textarea.body-param__text')
  await body.waitFor()
  await body.fill(JSON.stringify({ task_type: 'echo', payload: { message: 'Hello World' } }, null, 2))
  await submit.locator('tr[data-param-name="wait"] input').fill('10')
  await submit.locator('button.execute').click()
  const answer = submit.locator('.live-responses-table .response-col_status')
  await answer.filter({ hasText: '201' }).waitFor({ timeout: 20_000 })
  const text = await submit.locator('.live-responses-table .highlight-code').first().innerText()
  t.match(text, /"output": "Hello World"/, 'the worker has answered')
  t.same(faults, [], 'nothing was refused, and nothing broke')
  const screenshot = process.env.SCREENSHOT
  if (screenshot === undefined) return
  // For the README: SCREENSHOT=docs/images/swagger-ui.png npx tap run test/system/swagger-ui.test.ts --exclude=none
  await submit.locator('.live-responses-table').hover()
  await page.screenshot({ path: screenshot })
})

void t.test('the page by which a device joins works in a browser, and copies its line', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const { page, faults } = await openPage(t, { width: 800, height: 900 })
  await page.goto(`http://127.0.0.1:${cluster.clusterPort}/join`)
  await page.locator('input').first().fill('THE-TOKEN')
  await page.getByRole('button', { name: 'Copy' }).first().click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const copied: unknown = await page.evaluate('navigator.clipboard.readText()')
  t.equal(copied, `curl -fsS http://127.0.0.1:${cluster.clusterPort}/join | sh -s -- THE-TOKEN`)
  t.same(faults, [], 'nothing was refused, and nothing broke')
  const screenshot = process.env.JOIN_SCREENSHOT
  if (screenshot !== undefined) await page.screenshot({ path: screenshot })
})

void t.test(
  'the address of the QR code opens the page with the token in its line, over TLS, and in an older browser',
  async (t) => {
    const { files } = await makeCertificate(t)
    const nodeArgs = ['--tls-cert', files.cert, '--tls-key', files.key]
    const cluster = await startCluster(t, { mode: 'remote', workers: 0, nodeArgs })
    const { data } = await cluster.call<JoinTokenCreated>('POST', '/api/v1/join-tokens', {})
    const { page, faults } = await openPage(t, { width: 400, height: 800 })
    // As on plain http, and in browsers that are as old as the device.
    await page.addInitScript('delete Navigator.prototype.clipboard')
    await page.goto(data.join_url)
    await page.getByRole('button', { name: 'Copy' }).first().click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    const input = page.locator('input').first()
    await input.fill('')
    await input.press('Control+V')
    t.equal(await input.inputValue(), data.command)
    t.same(faults, [], 'nothing was refused, and nothing broke')
  },
)
