/** How long tasks of a type run on a device: for estimates. */

type Mean = { count: number; seconds: number }

/** Running means. */
export interface Durations {
  /** A task of this type has completed on this device. */
  add(task_type: string, device_id: string, seconds: number, count?: number): void
  /** The mean on that device, else over all devices; undefined where none has completed. */
  mean(task_type: string, device_id: string): number | undefined
}

/** No figures yet. */
export const createDurations = (): Durations => {
  const means = new Map<string, Mean>()
  const keys = (task_type: string, device_id: string) => [`${task_type}/${device_id}`, task_type] as const
  return {
    add: (task_type, device_id, seconds, count = 1) => {
      for (const key of keys(task_type, device_id)) {
        const mean = means.get(key) ?? { count: 0, seconds: 0 }
        means.set(key, { count: mean.count + count, seconds: mean.seconds + seconds })
      }
    },
    mean: (task_type, device_id) => {
      for (const key of keys(task_type, device_id)) {
        const mean = means.get(key)
        if (mean !== undefined) return mean.seconds / mean.count
      }
      return undefined
    },
  }
}
