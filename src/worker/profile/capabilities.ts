/** What tasks may require of the device: some general words, and the programs found on it. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Machine } from '../machine.ts'

/** Programs that tasks are likely to need. Their names are capabilities as they stand. */
const PROGRAMS = [
  'bash',
  'blender',
  'cargo',
  'clang',
  'cmake',
  'convert',
  'curl',
  'docker',
  'exiftool',
  'ffmpeg',
  'ffprobe',
  'gcc',
  'git',
  'go',
  'gs',
  'java',
  'magick',
  'make',
  'node',
  'npm',
  'openssl',
  'pandoc',
  'perl',
  'php',
  'pip3',
  'podman',
  'python3',
  'rsync',
  'ruby',
  'rustc',
  'sqlite3',
  'ssh',
  'tesseract',
  'wget',
  'whisper-cli',
  'zstd',
] as const

/** A device with less free room is no place to keep files: 1 GiB. */
const STORAGE_BYTES = 2 ** 30

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** True where one of the directories holds the program; on Windows under one of the endings of PATHEXT. */
const isFound = async (
  program: string,
  directories: readonly string[],
  endings: readonly string[],
): Promise<boolean> => {
  for (const directory of directories) {
    for (const ending of endings) if (await isExecutable(join(directory, program + ending))) return true
  }
  return false
}

/** The programs of the list that a search path holds. */
export const findPrograms = async ({
  env,
  platform,
}: Pick<Machine, 'env' | 'platform'>): Promise<readonly string[]> => {
  const directories = (env.PATH ?? '').split(delimiter).filter((directory) => directory !== '')
  const endings = platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD').split(';') : ['']
  const found = await Promise.all(PROGRAMS.map((program) => isFound(program, directories, endings)))
  return PROGRAMS.filter((_, index) => found[index])
}

/**
 * All capabilities: `computational` and `network_services` hold for every worker (it computes, and has reached the node);
 * `storage` where the data directory has 1 GiB free; `mobile` for what runs on a battery or is a phone.
 */
export const readCapabilities = async (
  machine: Machine,
  { dataDir, mobile }: { readonly dataDir: string; readonly mobile: boolean },
): Promise<string[]> => {
  const { bavail, bsize } = await machine.statfs(dataDir)
  return [
    'computational',
    'network_services',
    ...(bavail * bsize >= STORAGE_BYTES ? ['storage'] : []),
    ...(mobile ? ['mobile'] : []),
    ...(await findPrograms(machine)),
  ]
}
