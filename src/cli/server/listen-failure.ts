/** Why a port could not be opened, in one sentence. */
import { StartError, systemCode } from '../failure.ts'

const sentences: Readonly<Record<string, (port: number, host: string, flags: readonly [string, string]) => string>> = {
  EADDRINUSE: (port, host, [portFlag]) =>
    `Port ${port} of ${host} is in use; stop the program that has it, or choose another by ${portFlag}.`,
  EACCES: (port, _host, [portFlag]) =>
    `Port ${port} may not be opened by this user; choose one above 1023 by ${portFlag}.`,
  EADDRNOTAVAIL: (_port, host, [, hostFlag]) =>
    `${host} is no address of this machine; name one of its own by ${hostFlag}.`,
  ENOTFOUND: (_port, host, [, hostFlag]) => `The host name ${host} is not known; name an address by ${hostFlag}.`,
}

/**
 * Waits for a listener, and words its failure.
 * @param where - what was to be opened, and the flags by which port and host are chosen
 * @throws StartError
 */
export const listening = async <T>(
  where: { readonly host: string; readonly port: number; readonly flags: readonly [port: string, host: string] },
  listen: Promise<T>,
): Promise<T> => {
  try {
    return await listen
  } catch (error) {
    const sentence = sentences[systemCode(error) ?? '']
    if (sentence === undefined) throw error
    throw new StartError(sentence(where.port, where.host, where.flags), { cause: error })
  }
}
