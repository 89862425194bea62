import t from 'tap'
import { toBytes } from '../../src/cluster/sizes.ts'

void t.test('sizes are read in powers of 1024', (t) => {
  t.same(['1KB', '10MB', '2GB'].map(toBytes), [1024, 10_485_760, 2_147_483_648])
  t.end()
})
