/**
 * Tokens as they are printed and pasted (CONTRACT.md §8): `T` alone where the link is plain, else `T.FINGERPRINT`. The first
 * part is the secret, and all that is ever sent; by the second the key of the node is known before anything is sent.
 */

/** What a token is made of: it is pasted into shells, and a dot parts it from the fingerprint. */
export const TOKEN = /^[A-Za-z0-9_-]{1,200}$/

const PRINTED = /^(?<token>[A-Za-z0-9_-]{1,200})(?:\.(?<fingerprint>[A-Za-z0-9_-]{43}))?$/

/** A token, and the key that its node must show; undefined: the link is plain. */
export type PrintedToken = { readonly token: string; readonly fingerprint: string | undefined }

/** Reads a token as it was printed; undefined where it is none. */
export const parseToken = (written: string): PrintedToken | undefined => {
  const { token, fingerprint } = PRINTED.exec(written)?.groups ?? {}
  return token === undefined ? undefined : { token, fingerprint }
}

/** Writes a token as it is parsed. */
export const printToken = ({ token, fingerprint }: PrintedToken): string =>
  fingerprint === undefined ? token : `${token}.${fingerprint}`
