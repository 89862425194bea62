import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startCluster } from '../start-cluster.ts'
import { openPage } from './browser.ts'

const KEY = 'your-secret-key'

void t.test('Authorize of Swagger UI takes a key, and "Try it out" then sends it', async (t) => {
  const cluster = await startCluster(t, { workers: 0, key: KEY })
  const { page, faults } = await openPage(t, { width: 1200, height: 1000 })
  await page.goto(`${cluster.url}/docs/`)
  const operation = page.locator('#operations-devices-listDevices')
  const execute = async (status: string) => {
    await operation.locator('button.execute').click()
    const answer = operation.locator('.live-responses-table .response-col_status')
    await answer.filter({ hasText: status }).waitFor({ timeout: 20_000 })
  }
  await operation.locator('.opblock-summary-control').click()
  await execute('401')

  await page.locator('button.authorize').first().click()
  const dialog = page.locator('.modal-ux')
  await dialog.getByLabel('apiKey-value').or(dialog.locator('input')).first().fill(KEY)
  await dialog.locator('button.authorize').first().click()
  const screenshot = process.env.AUTHORIZE_SCREENSHOT
  if (screenshot !== undefined) await page.screenshot({ path: screenshot })
  await dialog.locator('button.btn-done').first().click()
  await execute('200')
  t.match(await operation.locator('.live-responses-table .highlight-code').first().innerText(), /"total": 0/)
  t.same(
    faults.filter((fault) => !fault.includes('401')),
    [],
    'nothing was refused by the policy of the page, and nothing broke',
  )
})

void t.test('a page of another origin can read nothing and submit nothing', async (t) => {
  const cluster = await startCluster(t, { workers: 0 })
  const { task_id } = await cluster.submit({ task_type: 'echo', payload: {} })
  await cluster.call('DELETE', `/api/v1/tasks/${task_id}`)
  const before = (await cluster.tasks('limit=100')).total
  const foreign = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Elsewhere</title>')
  })
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    foreign.closeAllConnections()
    foreign.close()
  })
  const { page } = await openPage(t, { width: 800, height: 600 })
  await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`)
  // Each way to ask that a page has, and what it gets to see of the answer.
  const seen: unknown = await page.evaluate(`(async () => {
    const api = ${JSON.stringify(cluster.url)}
    const attempt = async (ask) => { try { return await ask() } catch (error) { return 'refused' } }
    const text = (url, options) => attempt(async () => { const answer = await fetch(url, options); return answer.type + ' ' + (await answer.text()) })
    const loads = (element, url) => new Promise((resolve) => {
      const made = document.createElement(element)
      made.onload = () => resolve('loaded'); made.onerror = () => resolve('refused')
      made.src = url; document.body.append(made)
      setTimeout(() => resolve('silent'), 30000)
    })
    const retry = api + '/api/v1/tasks/${task_id}/retry'
    const body = JSON.stringify({ task_type: 'echo', payload: {} })
    const json = { 'content-type': 'application/json' }
    return {
      get: await text(api + '/api/v1/devices'),
      health: await text(api + '/health'),
      blind: await text(api + '/api/v1/devices', { mode: 'no-cors' }),
      post: await text(api + '/api/v1/tasks', { method: 'POST', headers: json, body }),
      form: await text(api + '/api/v1/tasks', { method: 'POST', mode: 'no-cors', body }),
      empty: await text(retry, { method: 'POST', mode: 'no-cors' }),
      remove: await text(api + '/api/v1/tasks/${task_id}', { method: 'DELETE' }),
      script: await loads('script', api + '/api/v1/devices'),
      image: await loads('img', api + '/api/v1/devices'),
      stream: await new Promise((resolve) => {
        const source = new EventSource(api + '/api/v1/monitor/stream')
        source.onopen = () => resolve('open'); source.onerror = () => resolve('refused')
      }),
    }
  })()`)
  t.same(seen, {
    get: 'refused',
    health: 'refused',
    blind: 'refused',
    post: 'refused',
    form: 'refused',
    empty: 'refused',
    remove: 'refused',
    script: 'refused',
    image: 'refused',
    stream: 'refused',
  })
  // A form that is sent as a page of its own, and one that a person would have to click.
  await page.evaluate(`(() => {
    const form = document.createElement('form')
    form.method = 'post'; form.action = ${JSON.stringify(cluster.url)} + '/api/v1/tasks/${task_id}/retry'
    document.body.append(form); form.submit()
  })()`)
  await page.waitForURL(/retry$/)
  t.match(await page.locator('body').innerText(), /PERMISSION_DENIED/)
  t.equal((await cluster.tasks('limit=100')).total, before, 'no task was made')
})
