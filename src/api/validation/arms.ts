/**
 * Makes the errors of a union readable. Ajv reports what is wrong with every arm; a reader wants to hear of the one that
 * was meant: the arm whose type and whose literal fields (such as `task_type`) fit what was sent.
 */
import type { ErrorObject, ValidateFunction } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import type { TSchema } from '@sinclair/typebox'

/** Whether an arm says nothing but which fields must be there. */
export const isFieldArm = (arm: unknown): arm is { readonly required: readonly string[] } =>
  Object.keys(arm as object).join() === 'required'

/** The fields of which exactly one must be given (`exactlyOne` of the schemas); undefined for a union of values. */
export const fieldsToChoose = ({ keyword, schema }: ErrorObject): readonly string[] | undefined => {
  const arms: unknown[] = keyword === 'oneOf' ? (schema as unknown[]) : []
  return arms.length > 0 && arms.every(isFieldArm) ? arms.flatMap(({ required }) => required) : undefined
}

const isUnion = (error: ErrorObject) =>
  error.keyword === 'anyOf' || (error.keyword === 'oneOf' && fieldsToChoose(error) === undefined)

/** `/a/b` → the root, `/a`, `/a/b`. */
const prefixesOf = (path: string): string[] => {
  const segments = path.split('/')
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const fitsType = (value: unknown, type: unknown): boolean =>
  type === undefined || typeOf(value) === (type === 'integer' ? 'number' : type)

/** Fields that tell arms apart: those that are a constant in at least one of them. */
const literalFields = (arms: readonly TSchema[]): Set<string> =>
  new Set(
    arms.flatMap((arm) =>
      Object.entries((arm.properties ?? {}) as Record<string, TSchema>)
        .filter(([, field]) => 'const' in field)
        .map(([name]) => name),
    ),
  )

/** Makes the reducer for the schemas that an Ajv knows. */
export const armReducer = (ajv: Ajv2020) => {
  const schemaOf = (arm: TSchema): TSchema =>
    typeof arm.$ref === 'string' ? ((ajv.getSchema(arm.$ref)?.schema as TSchema | undefined) ?? arm) : arm

  const validatorOf = (arm: TSchema): ValidateFunction =>
    (typeof arm.$ref === 'string' ? ajv.getSchema(arm.$ref) : undefined) ?? ajv.compile(arm)

  /** The arm that was meant; the last one that fits the type where the literal fields tell none. */
  const meant = (arms: readonly TSchema[], value: unknown): TSchema | undefined => {
    const fitting = arms.filter((arm) => fitsType(value, schemaOf(arm).type))
    const fields = literalFields(fitting.map(schemaOf))
    const told = fitting.find((arm) => {
      const properties = (schemaOf(arm).properties ?? {}) as Record<string, TSchema>
      return [...fields].every((name) => {
        const field = properties[name]
        return field !== undefined && ajv.validate(field, (value as Record<string, unknown>)[name])
      })
    })
    return told ?? fitting.at(-1)
  }

  /** What is wrong with the arm of a union that was meant; the union itself where no arm takes such a value. */
  const armErrors = (union: ErrorObject): ErrorObject[] => {
    const arm = meant(union.schema as TSchema[], union.data)
    if (arm === undefined) return [union]
    const validate = validatorOf(arm)
    if (validate(union.data)) return [union]
    return (validate.errors ?? []).map((error) => ({
      ...error,
      instancePath: union.instancePath + error.instancePath,
    }))
  }

  /** Replaces the errors of every union by those of the arm that was meant, outer unions first; the first `most` in all. */
  const reduce = (errors: readonly ErrorObject[], most: number): ErrorObject[] => {
    // Of two unions of one value Ajv names the outer one last.
    const unions = new Map(errors.filter(isUnion).map((union) => [union.instancePath, union]))
    const outermost = (path: string) => prefixesOf(path).find((prefix) => unions.has(prefix))
    const reduced: ErrorObject[] = []
    const done = new Set<string>()
    for (const error of errors) {
      if (reduced.length >= most) break
      const root = outermost(error.instancePath)
      const union = root === undefined ? undefined : unions.get(root)
      if (union === undefined) reduced.push(error)
      else if (!done.has(union.instancePath)) {
        done.add(union.instancePath)
        const told = armErrors(union)
        reduced.push(...(told.includes(union) ? told : reduce(told, most - reduced.length)))
      }
    }
    return reduced.slice(0, most)
  }

  return reduce
}
