process.env.MIB ??= '2048'
await import('../../system/files/worker-memory.test.ts')
