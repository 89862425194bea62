/** Maker, model and processor of the device. */
import { attemptToRead, type Machine, readText } from '../machine.ts'
import { armCores } from './arm.ts'
import { androidProperty } from './platform.ts'

/** What makers leave in the firmware of boards that are nobody's product. */
const FILLER =
  /^(to be filled by o\.?e\.?m\.?|system (manufacturer|product name|version)|default string|not (applicable|specified)|none|o\.?e\.?m\.?|unknown|-)$/i

const meaningful = (text: string | null): string | null => (text === null || FILLER.test(text) ? null : text)

/** `Acer` and `Acer Aspire` give `Acer Aspire`. */
const named = (maker: string | null, model: string | null): string | null => {
  if (model === null) return null
  return maker === null || model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${maker} ${model}`
}

const BIOS = String.raw`HKLM\HARDWARE\DESCRIPTION\System\BIOS`

const windowsModel = async ({ ask }: Machine): Promise<string | null> => {
  const listing = await ask('reg', ['query', BIOS])
  const told = (value: string) =>
    meaningful(new RegExp(String.raw`^\s+${value}\s+REG_SZ\s+(\S.*?)\s*$`, 'm').exec(listing ?? '')?.[1] ?? null)
  return named(told('SystemManufacturer'), told('SystemProductName'))
}

/**
 * Maker and model: Android's properties; `hw.model` of macOS (`MacBookPro11,1`); the registry of Windows; the device tree
 * (Documentation/devicetree: `model` of the root node) of boards such as the Raspberry Pi; the DMI table of PCs. Null where
 * none tells.
 */
export const readModel = async (machine: Machine, { os }: { readonly os: string }): Promise<string | null> => {
  if (os === 'android') {
    const maker = await androidProperty(machine, 'ro.product.manufacturer')
    return named(maker, await androidProperty(machine, 'ro.product.model'))
  }
  if (os === 'darwin') return named('Apple', await machine.ask('sysctl', ['-n', 'hw.model']))
  if (os === 'win32') return windowsModel(machine)
  const tree = await readText(machine.procRoot, 'device-tree', 'model')
  if (tree !== null) return tree
  const dmi = async (field: string) => meaningful(await readText(machine.sysRoot, 'class/dmi/id', field))
  return named(await dmi('sys_vendor'), await dmi('product_name'))
}

/** What Node says of ARM processors on kernels that tell no model. */
const UNKNOWN = /^(unknown)?$/

/**
 * The processor: /proc/cpuinfo says `model name` on x86, `Hardware` on older ARM kernels, and the numbers of the cores on newer
 * ones; elsewhere Node asks the system.
 */
export const readCpuModel = async (machine: Machine): Promise<string | null> => {
  const info = (await readText(machine.procRoot, 'cpuinfo')) ?? ''
  const told = /^(?:model name|Hardware)\s*:\s*(\S.*)$/m.exec(info)?.[1]?.trim() ?? armCores(info)
  const model = meaningful(told ?? attemptToRead(machine.system.cpus)?.[0]?.model.trim() ?? null)
  return model === null || UNKNOWN.test(model) ? null : model
}
