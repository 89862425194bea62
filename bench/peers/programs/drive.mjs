/** What all drivers of Node have in common; drive.py is the same for Python. */
import { createInterface } from 'node:readline'

const run = async (submit, { in_flight, tasks, seconds }) => {
  const task_ms = []
  const beganMs = performance.now()
  let begun = 0
  const oneAfterTheOther = async () => {
    while (begun < tasks && performance.now() - beganMs < seconds * 1000) {
      begun += 1
      const sentMs = performance.now()
      await submit()
      task_ms.push(performance.now() - sentMs)
    }
  }
  await Promise.all(Array.from({ length: in_flight }, oneAfterTheOther))
  return { task_ms, seconds: (performance.now() - beganMs) / 1000 }
}

/** Answers what it is asked (driver.ts). `submit`: resolves when the result of a new task is there; rejects where it is not as it should be. */
export const drive = async (submit) => {
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await run(submit, JSON.parse(line)))}\n`)
}

/** What each task is given, and gives back. */
export const MESSAGE = 'hello'

/** Fails unless this is the result of a task. */
export const expectMessage = (result) => {
  if (result !== MESSAGE) throw new Error(`the result of a task is ${JSON.stringify(result)}`)
}
