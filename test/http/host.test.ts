import t from 'tap'
import { hostCheck } from '../../src/http/host.ts'

void t.test('addresses, localhost and the given names pass, with any port; everything else does not', (t) => {
  const isOurs = hostCheck(['nas', 'NAS.lan', 'phone_1.local.'])
  const ours = [
    'localhost',
    'LOCALHOST:8081',
    'localhost.',
    '127.0.0.1',
    '192.168.1.100:8081',
    '[::1]',
    '[fe80::1]:8081',
    '[::ffff:127.0.0.1]:80',
    'nas',
    'Nas:8081',
    'nas.lan.',
    'phone_1.local:1',
  ]
  for (const host of ours) t.ok(isOurs(host), host)
  const strange = [
    '',
    'rebound.example',
    'nas.example',
    'lan',
    'localhost.example',
    'sub.localhost',
    '127.0.0.1.example',
    '127.0.0.1.nip.io:8081',
    '1.2.3',
    '0x7f000001',
    '017700000001',
    '2130706433',
    '::1',
    '[::1',
    '[rebound.example]',
    '[127.0.0.1]',
    '[]',
    'nas:port',
    'nas:123456',
    'nas:',
    'nas ',
    'nas,rebound.example',
    'user@nas',
    'nas/..',
    'nas..',
  ]
  for (const host of strange) t.notOk(isOurs(host), JSON.stringify(host))
  t.ok(isOurs(undefined), 'HTTP/1.0 has none, and no browser speaks it')
  t.end()
})
