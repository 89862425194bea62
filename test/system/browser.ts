/** A headless Chromium, as Debian packages it. */
import { chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

/** A page that notes what goes wrong on it. */
export type Watched = { readonly page: Page; readonly faults: string[] }

/** Opens a page; the browser ends with the test. The background requests of Chromium are off: a closed network refuses them. */
export const openPage = async (t: Test, viewport: { width: number; height: number }): Promise<Watched> => {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  t.teardown(() => browser.close())
  // A node makes its certificate itself, and who opens its page says yes to that.
  const context = await browser.newContext({ viewport, ignoreHTTPSErrors: true })
  await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => undefined)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return { page, faults }
}
