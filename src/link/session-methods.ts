/** The methods of a device by name: what each asks of its session. */
import type { linkMethods } from '../../schemas/link.ts'
import type { DeviceSession } from '../cluster/ports/link.ts'
import type { Handlers } from './rpc-types.ts'

/**
 * The methods of a device.
 * @param session - is asked at each call, so that it can refuse it
 */
export const sessionMethods = (session: () => DeviceSession): Handlers<typeof linkMethods, 'device'> => ({
  'device.hello': (params) => session().hello(params),
  'device.heartbeat': ({ telemetry }) => session().heartbeat(telemetry),
  'device.profile': ({ profile }) => session().profile(profile),
  'device.offer': ({ offer }) => session().offer(offer),
  'device.goodbye': () => session().goodbye(),
  'task.started': (attempt) => session().started(attempt),
  'task.output': (output) => session().output(output),
  'task.progress': (report) => session().progress(report),
  'task.finished': (end) => session().finished(end),
})
