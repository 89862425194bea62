/** Processes that a bench asks: the load comes from one of its own, so that it takes nothing from what is measured. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A process that answers questions, one at a time. */
export interface Asked<Question, Answer> {
  readonly pid: number
  ask(question: Question): Promise<Answer>
  end(): Promise<void>
}

type Reply<Answer> = { readonly answer: Answer } | { readonly failure: string }

const nextReply = async <Answer>(child: ChildProcess): Promise<Answer> => {
  const gone = new AbortController()
  const onExit = () => gone.abort(new Error('the process that was asked has ended'))
  child.once('exit', onExit)
  try {
    const [reply] = (await once(child, 'message', { signal: gone.signal })) as [Reply<Answer>]
    if ('failure' in reply) throw new Error(reply.failure)
    return reply.answer
  } finally {
    child.off('exit', onExit)
  }
}

/** Starts a module that calls {@link answer}. */
export const startAsked = <Question extends object, Answer>(module: string): Asked<Question, Answer> => {
  const child = fork(module, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  return {
    pid: child.pid ?? 0,
    ask: (question) => {
      const reply = nextReply<Answer>(child)
      child.send(question)
      return reply
    },
    end: async () => {
      process.off('exit', kill)
      kill()
      await exited
    },
  }
}

/** In the process that is asked: answers each question in turn. */
export const answer = (answerTo: (question: never) => Promise<object>): void => {
  process.on('message', (question) => {
    answerTo(question as never).then(
      (answered) => process.send?.({ answer: answered }),
      (error: unknown) =>
        process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  })
}
