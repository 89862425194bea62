/** How the client knows an API that speaks https, from its settings. */
import { readFileSync } from 'node:fs'
import { systemCode, UsageError } from '../failure.ts'
import type { Trust } from './trusting-fetch.ts'

/** Of an API that is not asked. */
export const nothingKnown: Trust = { pin: undefined, ca: undefined }

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--ca: the file ${path} cannot be read (${systemCode(error) ?? 'unknown'}).`, { cause: error })
  }
}

/**
 * Reads what `--pin` and `--ca` name.
 * @throws UsageError where they contradict each other or the address, or the file cannot be read
 */
export const trustOf = (settings: {
  readonly api_url: string
  readonly pin: string | undefined
  readonly ca: string | undefined
}): Trust => {
  const { api_url, pin, ca } = settings
  if (pin !== undefined && ca !== undefined)
    throw new UsageError('--pin knows the API by its key, and --ca by its certificate; keep one of the two.')
  if ((pin !== undefined || ca !== undefined) && !api_url.startsWith('https:'))
    throw new UsageError(
      `--pin and --ca are for https, and ${api_url} is plain; name the API by --api-url https://…, or forget what is kept by retire-cluster config unset ${pin === undefined ? 'ca' : 'pin'}`,
    )
  return { pin, ca: ca === undefined ? undefined : read(ca) }
}
