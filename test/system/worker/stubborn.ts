/** A line for the shell that does not want to end: it traps TERM, as do a child in a session of its own and one without a parent. */
export const STUBBORN = `
  trap '' TERM
  setsid sh -c 'trap "" TERM; while :; do sleep 1; done' &
  (setsid sh -c 'trap "" TERM; while :; do sleep 1; done' &)
  echo begun
  while :; do sleep 1; done
`
