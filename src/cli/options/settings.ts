/** The settings of the cluster node as flags, and as sections of the config file. Bounds and descriptions are the contract's. */
import type { TSchema } from '@sinclair/typebox'
import { resolve } from '../../../schemas/component.ts'
import { ClusterConfig, type ConfigPatch, defaultConfig } from '../../../schemas/config.ts'
import { UsageError } from '../failure.ts'
import { type ConfigFile, isObject } from './file.ts'
import { type Flag, flag } from './flag.ts'
import type { Resolved } from './layers.ts'
import { didYouMean } from './nearest.ts'
import { BadValue, ofSchema, type Reader } from './readers.ts'

type Scalar = string | number
type Section = keyof ClusterConfig
type Properties = Readonly<Record<string, TSchema>>

/** Flag → field of the config. Fields without a flag are set in the file or by `PUT /api/v1/config`. */
const settings = {
  cluster_port: { section: 'server', field: 'port', placeholder: 'PORT' },
  cluster_bind: { section: 'server', field: 'host', placeholder: 'ADDRESS' },
  max_connections: { section: 'server', field: 'max_connections', placeholder: 'N' },
  heartbeat_interval: { section: 'cluster', field: 'heartbeat_interval', placeholder: 'SECONDS' },
  offline_threshold: { section: 'cluster', field: 'offline_threshold', placeholder: 'SECONDS' },
  reconnect_grace: { section: 'cluster', field: 'reconnect_grace', placeholder: 'SECONDS' },
  task_timeout: { section: 'cluster', field: 'task_timeout', placeholder: 'SECONDS' },
  log_level: { section: 'logging', field: 'level', placeholder: 'LEVEL' },
  log_max_size: { section: 'logging', field: 'max_size', placeholder: 'SIZE' },
} as const satisfies Record<string, { section: Section; field: string; placeholder: string }>

type SettingFlag = keyof typeof settings
const settingNames = Object.keys(settings) as SettingFlag[]

const sectionSchemas = (resolve(ClusterConfig) as TSchema & { readonly properties: Properties }).properties
const sectionNames = Object.keys(sectionSchemas) as Section[]
const fieldsOf = (section: Section): Properties =>
  (sectionSchemas[section] as TSchema & { properties: Properties }).properties

const readerOf = (section: Section, field: string, placeholder: string): Reader<Scalar> => {
  const schema = fieldsOf(section)[field]
  if (schema === undefined) throw new TypeError(`the config has no ${section}.${field}`)
  return ofSchema(schema, placeholder) as Reader<Scalar>
}

const declare = (name: SettingFlag): Flag<Scalar> => {
  const { section, field, placeholder } = settings[name]
  const fallback = (defaultConfig[section] as Readonly<Record<string, Scalar>>)[field]
  if (fallback === undefined) throw new TypeError(`${section}.${field} has no default`)
  return flag<Scalar>(
    readerOf(section, field, placeholder),
    fieldsOf(section)[field]?.description ?? '',
    fallback,
    String(fallback),
  )
}

/** The settings that have a flag. */
export const settingFlags = Object.fromEntries(settingNames.map((name) => [name, declare(name)])) as Readonly<
  Record<SettingFlag, Flag<Scalar>>
>

/** The sections of the config that a file may hold, besides the keys of flags. */
export const settingSections: readonly string[] = sectionNames

/** What is known of the node's config before it starts. */
export type NodeSettings = {
  /** Fixed by a flag or a variable: stands before what `PUT` stored. */
  readonly pinned: ConfigPatch
  /** From the config file: stands behind what `PUT` stored, and before the defaults. */
  readonly file: ConfigPatch
  /** The two over the defaults: what a new cluster starts with. */
  readonly effective: ClusterConfig
}

type MutablePatch = Partial<Record<Section, Record<string, Scalar>>>

const put = (patch: MutablePatch, section: Section, field: string, value: Scalar): void => {
  ;(patch[section] ??= {})[field] = value
}

/** Reads the sections `"cluster": {…}`, `"server": {…}`, … of the file into a patch. */
const readSections = (file: ConfigFile, patch: MutablePatch): void => {
  for (const section of sectionNames) {
    if (!Object.hasOwn(file.content, section)) continue
    const fields = file.content[section]
    if (!isObject(fields)) throw new UsageError(`"${section}" in ${file.path} must be an object, { … }.`)
    const known = Object.keys(fieldsOf(section))
    for (const [field, value] of Object.entries(fields)) {
      const where = `"${section}.${field}" in ${file.path}`
      if (!known.includes(field)) throw new UsageError(`${where} is no setting.${didYouMean(field, known)}`)
      try {
        put(patch, section, field, readerOf(section, field, field).fromFile(value))
      } catch (error) {
        if (!(error instanceof BadValue)) throw error
        throw new UsageError(`${where} is ${JSON.stringify(value)}, but it must be ${error.message}.`)
      }
    }
  }
}

const over = (base: ClusterConfig, ...patches: readonly ConfigPatch[]): ClusterConfig =>
  Object.fromEntries(
    sectionNames.map((section) => [
      section,
      Object.assign({}, base[section], ...patches.map((patch) => patch[section])),
    ]),
  ) as ClusterConfig

/**
 * The node's config as flags, variables and the file say it.
 * @throws UsageError for a bad section, a setting that is given twice in the file, or an offline threshold below twice the interval
 */
export const nodeSettings = (resolved: Resolved<typeof settingFlags>, file: ConfigFile): NodeSettings => {
  const pinned: MutablePatch = {}
  const fromFile: MutablePatch = {}
  readSections(file, fromFile)
  for (const name of settingNames) {
    const { section, field } = settings[name]
    const source = resolved.sources[name]
    if (source === 'flag' || source === 'variable') put(pinned, section, field, resolved.values[name])
    if (!Object.hasOwn(file.content, name)) continue
    if (fromFile[section]?.[field] !== undefined)
      throw new UsageError(
        `"${name}" and "${section}.${field}" in ${file.path} are the same setting; keep one of them.`,
      )
    if (source === 'file') put(fromFile, section, field, resolved.values[name])
  }
  const patches = { pinned: pinned as ConfigPatch, file: fromFile as ConfigPatch }
  const effective = over(defaultConfig, patches.file, patches.pinned)
  const { heartbeat_interval, offline_threshold } = effective.cluster
  // CONTRACT.md §5. The node checks it again, with what PUT stored; here it is a mistake of the command line.
  if (offline_threshold < 2 * heartbeat_interval)
    throw new UsageError(
      `The offline threshold (${offline_threshold} s) must be at least twice the heartbeat interval (${heartbeat_interval} s); set both by --offline-threshold and --heartbeat-interval.`,
    )
  return { ...patches, effective }
}
