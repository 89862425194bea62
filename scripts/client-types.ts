/** What the TypeScript client has from the OpenAPI document: its types, and where each operation stands. */
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const HEAD = '// Generated from openapi/openapi.json by `npm run generate`.\n'

/** Examples and headers of answers are for those who read the document; the client's types would be twice as long. */
const withoutExamples = (value: Json, key = ''): Json => {
  if (Array.isArray(value)) return value.map((one) => withoutExamples(one))
  if (value === null || typeof value !== 'object') return value
  const ofNames = key === 'properties' || key === 'schemas'
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => ofNames || !(['example', 'examples'].includes(name) || isHeaders(name, part)))
      .map(([name, part]) => [name, withoutExamples(part, ofNames ? '' : name)]),
  )
}

const isHeaders = (name: string, part: Json) =>
  name === 'headers' && part !== null && typeof part === 'object' && !Array.isArray(part)

/** The types of all operations and components. */
export const clientTypes = async (document: string): Promise<string> => {
  const lean = withoutExamples(JSON.parse(document) as Json)
  return `${HEAD}${astToString(await openapiTS(lean as unknown as OpenAPI3))}`
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Method and path of each operation, by operationId. */
export const clientRoutes = (document: string): string => {
  const { paths } = JSON.parse(document) as { paths: Record<string, Record<string, { operationId: string }>> }
  const lines = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [`  ${operation.operationId}: ['${method.toUpperCase()}', '${path}'],\n`]
    }),
  )
  return `${HEAD}/** Method and path of each operation. */\nexport const routes = {\n${lines.join('')}} as const\n`
}
