/** What the programs of the server consist of. Once built it is one script (scripts/bundle-server.ts). */
export { run } from '../run.ts'
export { runApi } from './api-program.ts'
export { runMain } from './main-program.ts'
