import t from 'tap'
import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { pino } from 'pino'
import { parse } from 'yaml'
import manifest from '#package.json' with { type: 'json' }
import { components, errorCodes } from '../../schemas/index.ts'
import { buildApi } from '../../src/api/app.ts'
import type { OpenApiDocument } from '../../src/api/document/document.ts'
import { errorDetails } from '../../src/api/examples/errors.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { startApi } from './start-api.ts'

/** Every object of a document, with where it stands. */
function* nodes(node: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) yield [path, node as Record<string, unknown>]
  for (const [key, inner] of Object.entries(node)) {
    // Examples and defaults are values, not schemas.
    if (!['example', 'examples', 'default', 'enum'].includes(key)) yield* nodes(inner, `${path}/${key}`)
  }
}

const served = async (t: Parameters<typeof startApi>[0]) => {
  const { call } = await startApi(t)
  return JSON.parse((await call('GET', '/openapi.json')).text) as OpenApiDocument
}

void t.test('the committed document is the served one', async (t) => {
  const app = await buildApi({
    cluster: {} as Cluster,
    version: manifest.version,
    log: pino({ level: 'silent' }),
    auth: null,
    mode: () => 'embedded',
  })
  t.teardown(() => app.close())
  const committed = await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
  t.ok((await app.documentation()).json === committed, 'run `npm run generate`, and commit openapi/openapi.json')
})

void t.test('the document is served as JSON and as YAML, each with its type', async (t) => {
  const { call } = await startApi(t)
  const [json, yaml] = [await call('GET', '/openapi.json'), await call('GET', '/openapi.yaml')]
  t.equal(json.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(yaml.headers['content-type'], 'application/yaml; charset=utf-8')
  t.strictSame(parse(yaml.text), JSON.parse(json.text))
  t.match(JSON.parse(json.text), { openapi: '3.1.0', info: { version: '1.2.3' }, servers: [{ url: '/' }] })
})

void t.test('every operation has a name, one tag that is described, a summary, and its security', async (t) => {
  const document = await served(t)
  const tags = new Set((document.tags as { name: string }[]).map(({ name }) => name))
  const names = new Set<string>()
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const {
        operationId,
        tags: own,
        summary,
        security,
        'x-scope': scope,
        description,
        responses,
      } = operation as Record<string, unknown> & {
        operationId: string
        tags: string[]
        description: string
        responses: Record<string, object>
      }
      t.notOk(names.has(operationId), `${operationId} is unique`)
      names.add(operationId)
      t.ok(own.length === 1 && tags.has(own[0] ?? ''), `${operationId} has a tag`)
      t.type(summary, 'string')
      t.strictSame(security, path === '/health' ? [] : [{ apiKey: [] }, { bearer: [] }], `${method} ${path}`)
      t.equal(
        /the scope `(\w+)`/.exec(description)?.[1],
        scope,
        `${operationId} tells its scope to people and programs`,
      )
      t.ok('400' in responses && '500' in responses, `${operationId} tells its errors`)
    }
  }
})

void t.test('every reference leads somewhere, and every component is referred to', async (t) => {
  const document = await served(t)
  const referred = new Set<string>()
  for (const [path, node] of nodes(document)) {
    if (typeof node.$ref !== 'string') continue
    const [, , section = '', name = ''] = node.$ref.split('/')
    t.ok(document.components[section]?.[name] !== undefined, `${node.$ref} at ${path}`)
    referred.add(`${section}/${name}`)
  }
  for (const section of ['schemas', 'responses', 'headers', 'parameters']) {
    for (const name of Object.keys(document.components[section] ?? {})) t.ok(referred.has(`${section}/${name}`), name)
  }
  t.notOk(Object.keys(document.components.schemas ?? {}).some((name) => name.startsWith('def-')))
})

type Documented = {
  operationId: string
  parameters?: ({ $ref: string } | { name: string })[]
  responses: Record<string, { $ref?: string; headers?: object; links?: Record<string, Link> }>
}
type Link = { operationId: string; parameters: Record<string, string> }

const operationsOf = (document: OpenApiDocument): Documented[] =>
  Object.values(document.paths).flatMap((methods) => Object.values(methods) as Documented[])

const follow = (document: OpenApiDocument, node: { $ref?: string }): Record<string, unknown> => {
  if (node.$ref === undefined) return node
  const [, , section = '', name = ''] = node.$ref.split('/')
  return document.components[section]?.[name] as Record<string, unknown>
}

void t.test('a submission links to what can be done with the task, and each link fits its target', async (t) => {
  const document = await served(t)
  const operations = operationsOf(document)
  const links = operations.flatMap(({ operationId, responses }) =>
    Object.values(responses).flatMap((response) =>
      Object.values(response.links ?? {}).map((link) => ({ from: operationId, ...link })),
    ),
  )
  for (const { from, operationId, parameters } of links) {
    const target = operations.find((operation) => operation.operationId === operationId)
    const names = (target?.parameters ?? []).map((parameter) => follow(document, parameter as { $ref?: string }).name)
    t.ok(
      Object.keys(parameters).every((name) => names.includes(name)),
      `${from} → ${operationId}`,
    )
  }
  t.strictSame(
    links.filter(({ from }) => from === 'submitTask').map(({ operationId }) => operationId),
    ['getTask', 'getTaskOutput', 'cancelTask', 'retryTask'],
  )
  t.ok(links.some(({ from, operationId }) => from === 'submitBatch' && operationId === 'getBatch'))
})

void t.test(
  'every answer of a counted operation tells of the limits, and 304 stands where there is an ETag',
  async (t) => {
    const document = await served(t)
    for (const { operationId, responses } of operationsOf(document)) {
      if (operationId === 'getHealth') continue
      t.ok('429' in responses, `${operationId} can be refused with 429`)
      for (const [status, response] of Object.entries(responses)) {
        const headers = follow(document, response).headers as object
        for (const name of ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'X-Request-Id'])
          t.ok(name in headers, `${operationId} ${status}: ${name}`)
        if (status === '429') t.ok('Retry-After' in headers)
        if (status === '200') t.equal('ETag' in headers, '304' in responses, `${operationId}: ETag and 304`)
      }
    }
  },
)

void t.test('every header and parameter has an example or a schema that says what it is', async (t) => {
  const document = await served(t)
  const ajv = new Ajv2020({ strict: false })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  for (const [name, header] of Object.entries(document.components.headers ?? {})) {
    const { schema, example, description } = header as { schema: object; example: unknown; description: string }
    t.ok(description.length > 10, name)
    t.ok(ajv.validate(schema, example), `${name}: ${ajv.errorsText()}`)
  }
  for (const { operationId, parameters = [] } of operationsOf(document))
    for (const parameter of parameters) {
      const { name, description } = follow(document, parameter as { $ref?: string })
      t.ok(typeof description === 'string' && description.length > 3, `${operationId}: ${String(name)} is described`)
    }
})

void t.test('every text, number and list has bounds', async (t) => {
  const bounded: Record<string, (schema: Record<string, unknown>) => boolean> = {
    string: (schema) => 'maxLength' in schema || 'enum' in schema || 'const' in schema,
    integer: (schema) => 'minimum' in schema && 'maximum' in schema,
    number: (schema) => 'minimum' in schema && 'maximum' in schema,
    array: (schema) => 'maxItems' in schema,
  }
  for (const [path, schema] of nodes(await served(t))) {
    if (typeof schema.type !== 'string' || path.endsWith('/properties')) continue
    t.ok(bounded[schema.type]?.(schema) ?? true, `${path} (${schema.type})`)
  }
})

void t.test('every example is valid', async (t) => {
  const document = await served(t)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addSchema({ $id: 'document', ...document })
  let examples = 0
  for (const [path, media] of nodes(document)) {
    if (!path.endsWith('/application/json')) continue
    const { schema, ...named } = media as {
      schema: { $ref: string }
      example?: unknown
      examples?: Record<string, { value: unknown }>
    }
    const values =
      named.examples === undefined ? [named.example] : Object.values(named.examples).map(({ value }) => value)
    const validate = ajv.getSchema(`document${schema.$ref}`)
    for (const value of values) {
      examples += 1
      t.ok(validate?.(value), `${path}: ${ajv.errorsText(validate?.errors)}`)
    }
  }
  t.ok(examples > 30, `${examples} examples`)
})

void t.test('every example within the schemas of the contract is valid, and each error has one', (t) => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, discriminator: true })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  for (const schema of components().values()) ajv.addSchema(schema)
  for (const [name, { examples }] of components()) {
    for (const example of (examples ?? []) as unknown[])
      t.ok(ajv.validate(name, example), `${name}: ${ajv.errorsText()}`)
  }
  t.strictSame(new Set(Object.keys(errorDetails)), new Set(Object.keys(errorCodes)))
  for (const [code, { en, zh }] of Object.entries(errorCodes)) {
    const details = errorDetails[code as keyof typeof errorDetails] as Record<string, unknown>
    const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    t.ok(
      placeholders(en).every((name) => name in details),
      `the example of ${code} fills its message`,
    )
    t.strictSame(new Set(placeholders(en)), new Set(placeholders(zh)), `both messages of ${code} tell the same`)
  }
  t.end()
})

void t.test('whoever opens the address of the server in a browser is led to Swagger UI', async (t) => {
  const { call } = await startApi(t)
  t.match(await call('GET', '/'), { status: 302, headers: { location: '/docs' } })
  t.match(await call('PUT', '/'), { status: 405, headers: { allow: 'GET, HEAD' } })
})

void t.test('Swagger UI is served from here alone, under a policy that lets nothing else in', async (t) => {
  const { call } = await startApi(t)
  const page = await call('GET', '/docs')
  t.match(page.headers['content-type'], /^text\/html/)
  const policy = page.headers['content-security-policy'] as string
  t.match(policy, /default-src 'none'/)
  t.match(policy, /script-src 'self';/)
  t.notMatch(policy, /https?:|upgrade-insecure-requests/)
  t.notMatch(page.text, /(?:src|href)="(?:https?:)?\/\//, 'nothing is loaded from elsewhere')
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
  t.ok(assets.length >= 5)
  for (const path of assets) t.equal((await call('GET', path)).status, 200, path)
  t.match((await call('GET', '/docs/static/swagger-initializer.js')).text, /"tryItOutEnabled":true/)
  t.strictSame(
    JSON.parse((await call('GET', '/docs/json')).text),
    JSON.parse((await call('GET', '/openapi.json')).text),
  )
  const missing = await call('GET', '/docs/static/nothing.js')
  t.equal(missing.status, 404)
  t.equal(missing.json().error?.code, 'NOT_FOUND')
})
