/** What budgets are counted by: @fastify/rate-limit, on windows of our own. */
import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import type { Count } from '../../cluster/ports/counting.ts'
import { windowStore } from '../limits/window-store.ts'

/** Counts nothing by itself: each budget has a counter (limits/counter.ts). */
export default fp<{ readonly count: Count | undefined }>(
  async (app, { count }) => {
    await app.register(rateLimit, { global: false, store: windowStore(count) })
  },
  { name: 'counting' },
)
