/** The environment of commands: clean, so that no secret of the worker and no habit of its owner's shell gets in. */
import { MARKER } from '../processes/proc.ts'

/** What programs of the platform cannot do without, and what says nothing of its owner. */
const PASSED_ON: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  // Termux lives outside the standard directories, and its programs find their libraries and shells by these.
  android: [
    'PREFIX',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'TERMUX_VERSION',
    'ANDROID_ROOT',
    'ANDROID_DATA',
    'ANDROID_ART_ROOT',
    'ANDROID_I18N_ROOT',
    'ANDROID_TZDATA_ROOT',
    'BOOTCLASSPATH',
  ],
  win32: ['SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'ProgramFiles', 'ProgramData'],
}

/**
 * The environment of an attempt: PATH of the worker, HOME and TMPDIR in the attempt's own directory, LANG, what the task
 * brings, and the marker, which nothing overrides.
 */
export const environmentOf = ({
  attempt,
  directory,
  own = {},
  base = process.env,
}: {
  readonly attempt: string
  readonly directory: string
  readonly own?: Readonly<Record<string, string>> | undefined
  readonly base?: NodeJS.ProcessEnv
}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries((PASSED_ON[process.platform] ?? []).map((name) => [name, base[name]])),
  PATH: base.PATH ?? '',
  LANG: base.LANG ?? 'C.UTF-8',
  HOME: directory,
  TMPDIR: directory,
  ...(process.platform === 'win32' ? { USERPROFILE: directory, TEMP: directory, TMP: directory } : {}),
  ...own,
  [MARKER]: attempt,
})
