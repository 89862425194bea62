/** The operations of the API as types: what each takes, and what it gives. All of it follows from the OpenAPI document. */
import type { components, operations } from './generated/openapi.ts'

/** The shapes of the API, by name. */
export type Schemas = components['schemas']

/** The name of an operation: its operationId. */
export type OperationId = keyof operations

type ParametersIn<Id extends OperationId, Part extends 'path' | 'query'> = NonNullable<
  operations[Id]['parameters'][Part]
>

/** The path parameters of an operation; `never` where it has none. */
export type PathOf<Id extends OperationId> = ParametersIn<Id, 'path'>

/** The query parameters of an operation; `never` where it has none. */
export type QueryOf<Id extends OperationId> = ParametersIn<Id, 'query'>

/** The body of an operation; `never` where it takes none. */
export type BodyOf<Id extends OperationId> =
  NonNullable<operations[Id]['requestBody']> extends { content: { 'application/json': infer Body } } ? Body : never

type Answer<Id extends OperationId> = {
  [Status in keyof operations[Id]['responses']]: Status extends 200 | 201 ? operations[Id]['responses'][Status] : never
}[keyof operations[Id]['responses']]

/** What an operation gives: the `data` of its answer. `never` for those that answer with something else than JSON. */
export type DataOf<Id extends OperationId> =
  Answer<Id> extends { content: { 'application/json': { data: infer Data } } } ? Data : never

/** A code of the API's errors. */
export type ErrorCode = Schemas['ErrorEnvelope']['error']['code']
/** What an error says beside its message. */
export type ErrorDetails = Schemas['ErrorDetails']

/** A task as the listing shows it. */
export type Task = Schemas['Task']
/** A task with all that is known of it. */
export type TaskDetail = Schemas['TaskDetail']
/** A device as the listing shows it. */
export type Device = Schemas['Device']
/** An event of the monitor stream, told apart by its `type`. */
export type MonitorEvent = Schemas['MonitorEvent']
/** A stored file. */
export type Artifact = Schemas['Artifact']
/** How far a batch is. */
export type BatchProgress = Schemas['BatchProgress']

type Submission = Schemas['TaskSubmission']

type BuiltinTypeOf<Shape> = Shape extends { task_type: infer Type extends string; payload: object }
  ? string extends Type
    ? never
    : Type
  : never

/** The built-in task types, which have payloads of their own. */
export type BuiltinTaskType = BuiltinTypeOf<Submission>

/** The payload of a task type; any object for a type that is not built in. */
export type PayloadOf<Type extends string> = Type extends BuiltinTaskType
  ? Extract<Submission, { task_type: Type }>['payload']
  : Record<string, unknown>

/** What a submission may say beside type and payload. */
export type SubmissionOptions = Omit<Schemas['CustomSubmission'], 'task_type' | 'payload'>
