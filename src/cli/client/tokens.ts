/** `retire-cluster tokens`: with what devices join. */
import { type JoinToken, type JoinTokenCreated, JoinTokenRequest } from '../../../schemas/access.ts'
import { resolve } from '../../../schemas/component.ts'
import { Role } from '../../../schemas/device.ts'
import { id } from '../../../schemas/primitives.ts'
import type { TInteger, TSchema } from '@sinclair/typebox'
import { styleText } from 'node:util'
import { flag, optional } from '../options/flag.ts'
import { commaList, ofSchema, toggle } from '../options/readers.ts'
import { command, type CommandGroup } from './command.ts'
import { duration } from './duration.ts'
import { type Column, type Output, printList, printRecord } from './output.ts'

const columns: readonly Column<JoinToken>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'role', of: ({ role }) => role },
  { name: 'tags', of: ({ tags }) => tags.join(' ') },
  { name: 'auto_approve', of: ({ auto_approve }) => auto_approve },
  { name: 'uses', of: ({ uses }) => uses },
  { name: 'max_uses', of: ({ max_uses }) => max_uses },
  { name: 'created_at', of: ({ created_at }) => created_at },
  { name: 'expires_at', of: ({ expires_at }) => expires_at },
]

const request = (resolve(JoinTokenRequest) as TSchema & { properties: { max_uses: TInteger } }).properties

/**
 * The address as a QR code. In the terminal's own colours it could be light on dark, which not every camera reads (ISO/IEC
 * 18004 calls it reflectance reversal): hence black on white.
 */
const qrCode = async (address: string): Promise<string> => {
  const { default: codes } = await import('qrcode')
  const lines = await codes.toString(address, { type: 'utf8', errorCorrectionLevel: 'L' })
  return lines
    .split('\n')
    .map((line) => `${styleText(['black', 'bgWhiteBright'], line, { stream: process.stdout })}\n`)
    .join('')
}

/** What a person needs: the line, and the page that has it, for a device with a camera. */
const invitation = async ({ command: line, join_url }: JoinTokenCreated, output: Output): Promise<void> => {
  const code = process.stdout.isTTY
    ? `or, on a device with a camera and a browser:\n\n${await qrCode(join_url)}\n`
    : 'or open there:\n\n'
  await output.write(
    `\nTo add a device, paste this into its terminal; it is shown this once:\n\n  ${line}\n\n${code}  ${join_url}\n`,
  )
}

/** The commands of the group. */
export const commands: CommandGroup = [
  command({
    name: 'list',
    summary: 'List the join tokens that were made; their secrets are shown to nobody.',
    flags: {},
    run: async ({ api, output }) => {
      const list = await api.call('listJoinTokens', {})
      await printList(output, { whole: list, rows: list.join_tokens, columns })
    },
  }),
  command({
    name: 'create',
    summary:
      'Make a join token, and print the line with which devices join, this once; in a terminal as a QR code too.',
    flags: {
      tags: flag(commaList(ofSchema(id(''), 'TAG')), 'Tags that its devices get.', [], 'none'),
      role: optional(ofSchema(Role, 'ROLE'), 'The role that its devices get.', 'the one that each names itself'),
      auto_approve: flag(toggle, 'Let its devices in at once, also where the node requires approval.', false),
      expires_in: optional(duration, 'When it ends, from now on.', '1d'),
      max_uses: optional(ofSchema(request.max_uses, 'N'), 'How many devices may join with it.', 'any number'),
    },
    examples: [
      'retire-cluster tokens create',
      'retire-cluster tokens create --tags lab --role mobile --max-uses 30 --expires-in 1h --auto-approve',
    ],
    run: async ({ api, output }, { tags, role, auto_approve, expires_in, max_uses }) => {
      const body: JoinTokenRequest = {
        tags: [...tags],
        auto_approve,
        ...(role === undefined ? {} : { role }),
        ...(expires_in === undefined ? {} : { expires_in }),
        ...(max_uses === undefined ? {} : { max_uses }),
      }
      const created = await api.call('createJoinToken', { body })
      if (output.quiet || output.format !== 'table') return printRecord(output, created)
      await printRecord(output, created.join_token)
      await invitation(created, output)
    },
  }),
  command({
    name: 'revoke',
    summary: 'Revoke a join token, at once; the devices that joined with it stay.',
    args: [{ name: 'JOIN_ID', description: 'The id of the token.' }],
    flags: {},
    run: async ({ api, output }, _values, [join_id = '']) => {
      await printRecord(output, await api.call('removeJoinToken', { path: { join_id } }))
    },
  }),
]
