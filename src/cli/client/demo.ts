/** `retire-cluster demo`: a picture that all devices make together, each its tiles in a colour of its own. */
import { writeFile } from 'node:fs/promises'
import type { Task } from '../../../schemas/task.ts'
import { newIdempotencyKey } from '../../client/idempotency.ts'
import { submissionsOf } from '../../client/mapping.ts'
import { Failure, systemCode } from '../failure.ts'
import { flag } from '../options/flag.ts'
import { text } from '../options/readers.ts'
import { command as declareCommand } from './command.ts'
import { CODE, inputOf, paint, PICTURE, tiles } from './demo/picture.ts'
import { png } from './demo/png.ts'
import { refuseOverwriting } from './files/overwriting.ts'
import { type Column, printList } from './output.ts'
import { counted, percent, span } from './presentation.ts'
import { concludeBatch, runBatch } from './tasks/batch.ts'
import { overwriteFlag } from './tasks/flags.ts'

/** Who did how much. */
type Share = {
  readonly device_id: string
  readonly tiles: number
  readonly share_percent: number
  readonly running_seconds: number
}

const sharesOf = (tasks: readonly Task[]): readonly Share[] => {
  const byDevice = Map.groupBy(tasks, ({ device_id }) => device_id ?? '')
  return [...byDevice]
    .map(([device_id, own]) => ({
      device_id,
      tiles: own.length,
      share_percent: Number(((own.length / tasks.length) * 100).toFixed(1)),
      running_seconds: Number(own.reduce((sum, task) => sum + (task.execution_time_seconds ?? 0), 0).toFixed(3)),
    }))
    .sort((one, other) => other.tiles - one.tiles)
}

const columns: readonly Column<Share>[] = [
  { name: 'device_id', of: ({ device_id }) => device_id },
  { name: 'tiles', of: (share) => share.tiles },
  { name: 'share_percent', of: ({ share_percent }) => share_percent },
  { name: 'running_seconds', of: ({ running_seconds }) => running_seconds },
]

const shown: readonly Column<Share>[] = [
  { name: 'device', of: ({ device_id }) => device_id },
  { name: 'tiles', of: (share) => share.tiles },
  { name: 'share', of: ({ share_percent }) => percent(share_percent) },
  { name: 'worked', of: ({ running_seconds }) => span(running_seconds) },
]

const save = async (file: string, picture: Buffer, { overwrite }: { readonly overwrite: boolean }): Promise<void> => {
  try {
    await writeFile(file, picture, { flag: overwrite ? 'w' : 'wx' })
  } catch (error) {
    throw new Failure(1, `${file} cannot be written (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
}

/** The command. */
export const command = declareCommand({
  name: 'demo',
  summary: 'Render a picture on all devices that allow javascript, each tile in the colour of its device.',
  flags: { file: flag(text('FILE'), 'The picture, PNG.', 'demo.png'), overwrite: overwriteFlag },
  examples: ['retire-cluster demo', 'retire-cluster demo --file /tmp/mandelbrot.png'],
  run: async ({ api, output }, { file, overwrite }) => {
    await refuseOverwriting([file], { overwrite, instead: '--file names another' })
    const all = tiles()
    const payloads = all.map((tile) => ({ code: CODE, input: inputOf(tile) }))
    const batch_id = `demo-${newIdempotencyKey()}`
    const started = performance.now()
    const tasks = await runBatch({ api, output }, batch_id, submissionsOf('javascript', payloads, {}))
    const seconds = (performance.now() - started) / 1000
    concludeBatch(output, batch_id, tasks)
    const shares = sharesOf(tasks)
    const pixels = new Uint8Array(3 * PICTURE.width * PICTURE.height)
    const numberOf = new Map(shares.map(({ device_id }, index) => [device_id, index]))
    for (const [index, tile] of all.entries()) {
      const task = tasks[index]
      if (typeof task?.result?.value === 'string')
        paint(pixels, tile, task.result.value, numberOf.get(task.device_id ?? '') ?? 0)
    }
    await save(file, png(PICTURE, pixels), { overwrite })
    await printList(output, { whole: { file, batch_id, devices: shares }, rows: shares, columns, table: shown })
    output.note(`${file}: ${all.length} tiles by ${counted(shares.length, 'device')} in ${span(seconds)}.\n`)
  },
})
