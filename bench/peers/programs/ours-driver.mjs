/** Submits over HTTP, with `wait`: the answer bears the result. Several nodes are asked in turn. */
import { Agent, request } from 'node:http'
import { drive, expectMessage, MESSAGE } from './drive.mjs'

const { SERVICE_URL, SERVICE_KEY } = process.env
const urls = SERVICE_URL.split(',').map((url) => new URL('/api/v1/tasks?wait=60', url))
let next = 0
const body = JSON.stringify({ task_type: 'echo', payload: { message: MESSAGE } })
const options = {
  method: 'POST',
  agent: new Agent({ keepAlive: true }),
  headers: { 'x-api-key': SERVICE_KEY, 'content-type': 'application/json', 'content-length': body.length },
}

const post = () =>
  new Promise((resolve, reject) => {
    const sent = request(urls[next++ % urls.length], options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })

await drive(async () => {
  const text = await post()
  expectMessage(JSON.parse(text).data?.task?.result?.output)
})
