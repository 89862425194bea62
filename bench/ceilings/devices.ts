/** Serialises a list of devices by the schema of the answer: it is given as a file, as our service has answered it. */
import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { DeviceListAnswer } from '../../src/api/answers.ts'
import type { DeviceList } from '../../schemas/index.ts'
import { listen, schemaServer } from './shared/schema-server.ts'

const data = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as DeviceList
const app = schemaServer()
app.get('/api/v1/devices', { schema: { response: { 200: Type.Ref(DeviceListAnswer.$ref as string) } } }, (request) => ({
  status: 'success',
  data,
  timestamp: new Date().toISOString(),
  request_id: request.id,
}))
await listen(app)
