/** Windows: no service is made, the line of the Task Scheduler that does it is told. */
import { forPowerShell, forWindows } from './quoted.ts'
import type { Service } from './service.ts'

/** The lines for a person: what is not done here, and what to do instead. */
export const windowsAdvice = ({ argv: [node, ...rest], variables }: Service): readonly string[] => {
  const told = Object.entries(variables).filter(([name]) => name.startsWith('RETIRE_CLUSTER_'))
  return [
    'retire-cluster-worker makes no service of itself on Windows. Typed into PowerShell, these lines have the Task Scheduler start',
    'the worker whenever you log on:',
    '',
    ...told.map(([name, value]) => `setx ${name} ${forPowerShell(value)}`),
    `$action = New-ScheduledTaskAction -Execute ${forPowerShell(node)} -Argument ${forPowerShell(rest.map(forWindows).join(' '))}`,
    // By default a task is ended after three days, and on battery.
    '$settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -ExecutionTimeLimit ([TimeSpan]::Zero)',
    "Register-ScheduledTask 'Retire-Cluster worker' -Action $action -Settings $settings -Trigger (New-ScheduledTaskTrigger -AtLogOn)",
    '',
    "This one removes it: Unregister-ScheduledTask 'Retire-Cluster worker'",
  ]
}
