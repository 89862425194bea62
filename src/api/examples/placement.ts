/** Example of a placement: one phone would do, one lacks the program. */
import type { TaskPlacement } from '../../../schemas/index.ts'

/** It waits for a slot of the phone. */
export const taskPlacement: TaskPlacement = {
  task_id: 'task-abc123',
  status: 'pending',
  device_id: null,
  pending_reason: {
    code: 'devices_busy',
    message: 'All devices that could run it are busy. It gets the next free slot that fits.',
  },
  devices: [
    {
      device_id: 'android-001',
      fits: false,
      reason: { code: 'busy', message: 'android-001 is busy: its slots (8) are taken.' },
      score: 42.57,
      score_points: {
        free_slots: 0,
        power: 6.38,
        idle_cpu: 6.9,
        success: 11.29,
        cool: 10,
        speed: 3,
        files: 0,
        affinity: 5,
      },
    },
    {
      device_id: 'laptop-002',
      fits: false,
      reason: {
        code: 'rejected',
        message: 'laptop-002 said that it cannot run ffmpeg; once it can, start its worker anew.',
      },
      score: null,
      score_points: null,
    },
  ],
}
