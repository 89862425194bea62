/** The graphics processor, by whatever its driver tells: kgsl (Adreno), kbase (Mali), DRM, the device tree. */
import { listDirectory, readText, readTexts, type Roots } from '../machine.ts'

/** Qualcomm's own driver: `Adreno650v2`. Older ones tell no name. */
const readAdreno = async ({ sysRoot }: Roots): Promise<string | null> => {
  if ((await listDirectory(sysRoot, 'class/kgsl/kgsl-3d0')).length === 0) return null
  const told = await readText(sysRoot, 'class/kgsl/kgsl-3d0/gpu_model')
  return told === null ? 'Adreno' : told.replace(/^Adreno\s*(?:\(TM\)\s*)?(?=\d)/, 'Adreno ')
}

/** ARM's own driver: `Mali-G72 18 cores r0p3 0x6221`. */
const readMali = async ({ sysRoot }: Roots): Promise<string | null> => {
  const device = [sysRoot, 'class/misc/mali0/device'] as const
  if ((await listDirectory(...device)).length === 0) return null
  return /^Mali-\S+/.exec((await readText(...device, 'gpuinfo')) ?? '')?.[0] ?? 'Mali'
}

/** Makers of graphics cards by their numbers (PCI-SIG); the names of their products stand in no file of the kernel. */
const PCI_MAKERS: Readonly<Record<string, string>> = { '8086': 'Intel', '10DE': 'NVIDIA', '1002': 'AMD' }

/** What stands in device trees for the graphics of boards (Documentation/devicetree/bindings/gpu and /display). */
const BOARDS: readonly (readonly [compatible: RegExp, name: string])[] = [
  [/^brcm,bcm2712|^brcm,2712/, 'VideoCore VII'],
  [/^brcm,bcm2711|^brcm,2711/, 'VideoCore VI'],
  [/^brcm,bcm2835|^brcm,2835/, 'VideoCore IV'],
  [/^arm,mali/, 'Mali'],
  [/^qcom,adreno/, 'Adreno'],
]

const boardName = (compatible: string): string | null =>
  BOARDS.find(([pattern]) => pattern.test(compatible))?.[1] ?? null

/** What the driver of a DRM card says of its device. */
const readCard = async ({ sysRoot }: Roots, card: string): Promise<string | null> => {
  const device = [sysRoot, 'class/drm', card, 'device'] as const
  const product = await readText(...device, 'product_name')
  if (product !== null) return product
  const told = (await readText(...device, 'uevent')) ?? ''
  const compatible = /^OF_COMPATIBLE_0=(\S+)$/m.exec(told)?.[1]
  if (compatible !== undefined) return boardName(compatible)
  const [, maker = '', model = ''] = /^PCI_ID=(\w{4}):(\w{4})$/m.exec(told) ?? []
  const name = PCI_MAKERS[maker]
  return name === undefined ? null : `${name} ${model.toLowerCase()}`
}

const readCards = async (roots: Roots): Promise<readonly string[]> => {
  const cards = (await listDirectory(roots.sysRoot, 'class/drm')).filter((name) => /^card\d+$/.test(name))
  return (await Promise.all(cards.map((card) => readCard(roots, card)))).filter((name) => name !== null)
}

/** NVIDIA's own driver tells what its cards are called. */
const readNvidia = async ({ procRoot }: Roots): Promise<readonly string[]> => {
  const cards = await listDirectory(procRoot, 'driver/nvidia/gpus')
  const told = await Promise.all(cards.map((card) => readText(procRoot, 'driver/nvidia/gpus', card, 'information')))
  return told
    .map((information) => /^Model:\s*(\S.*)$/m.exec(information ?? '')?.[1])
    .filter((model) => model !== undefined)
    .map((model) => (model.startsWith('NVIDIA') ? model : `NVIDIA ${model}`))
}

/** A board without a driver for its graphics has them all the same. */
const readTree = async ({ procRoot }: Roots): Promise<readonly string[]> => {
  const places = await Promise.all(
    ['device-tree', 'device-tree/soc'].map(async (place) =>
      (await listDirectory(procRoot, place))
        .filter((name) => /^(?:gpu|v3d|mali)(?:@|$)/.test(name))
        .map((name) => `${place}/${name}/compatible`),
    ),
  )
  const told = await Promise.all(places.flat().map((path) => readTexts(procRoot, path)))
  return told
    .map((compatible) => compatible.map(boardName).find((name) => name !== null) ?? null)
    .filter((name) => name !== null)
}

/** The graphics processors, joined by commas; null where nothing tells of one. */
export const readGpu = async (roots: Roots): Promise<string | null> => {
  const phone = (await readAdreno(roots)) ?? (await readMali(roots))
  if (phone !== null) return phone
  const nvidia = await readNvidia(roots)
  // NVIDIA's cards have no better name elsewhere.
  const cards = (await readCards(roots)).filter((name) => nvidia.length === 0 || !name.startsWith('NVIDIA'))
  const found = [...cards, ...nvidia]
  const names = new Set(found.length > 0 ? found : await readTree(roots))
  return names.size === 0 ? null : [...names].join(', ').slice(0, 256)
}
