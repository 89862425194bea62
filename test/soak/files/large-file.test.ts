process.env.MIB ??= '2048'
await import('../../system/files/large-file.test.ts')
