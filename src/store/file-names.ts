/** What stands in a data directory. */

/** The database, and what SQLite keeps beside it while it is open or after a crash. */
export const DATABASE = 'cluster.db'
/** https://www.sqlite.org/tempfiles.html */
export const companions = ['-wal', '-shm', '-journal'] as const
/** A backup on its way to become the database. */
export const RESTORING = 'cluster.db.restoring'
/** The state of another place on its way to become the database. */
export const MOVING = 'cluster.db.moving'
/** The file whose lock keeps out a second process. */
export const LOCK = 'lock'
/** The file that keeps room on the disk. */
export const RESERVE = 'reserve'

/** Tells where the state is, where it is not in this directory: the address of the PostgreSQL database, without secrets. */
export const ELSEWHERE = 'postgresql'

/** The directory of files that tasks take and leave. */
export const FILES = 'files'

/** An instant in a file's name: no colons, which Windows refuses. */
export const stamp = (ms: number): string => new Date(ms).toISOString().replaceAll(':', '-')
