/** The task types that can be submitted here. */
import { builtinTypeNames, builtinTypes, resolve, type TaskType, type TaskTypeList } from '../../schemas/index.ts'
import type { DeviceRecord } from './ports/records.ts'
import { offers } from './requirements.ts'

/** The built-in types, and those that registered devices offer, by name. */
export const taskTypes = (devices: readonly DeviceRecord[]): TaskTypeList => {
  const counted = (task_type: string) => {
    const able = devices.filter((device) => offers(device, task_type))
    return { devices: able.length, online_devices: able.filter(({ status }) => status === 'online').length }
  }
  const types = new Map<string, TaskType>()
  for (const { offer } of devices)
    for (const { task_type, description, payload_schema } of offer.custom_types)
      types.set(task_type, {
        task_type,
        description,
        builtin: false,
        needs_allow: false,
        ...counted(task_type),
        payload_schema,
      })
  for (const task_type of builtinTypeNames) {
    const { description, needsAllow, payload } = builtinTypes[task_type]
    // The name of the component means nothing outside the document.
    const payload_schema = Object.fromEntries(Object.entries(resolve(payload)).filter(([name]) => name !== '$id'))
    types.set(task_type, {
      task_type,
      description,
      builtin: true,
      needs_allow: needsAllow,
      ...counted(task_type),
      payload_schema,
    })
  }
  return { task_types: [...types.values()].sort((a, b) => (a.task_type < b.task_type ? -1 : 1)) }
}
