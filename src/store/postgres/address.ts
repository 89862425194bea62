/** The address of a database: `postgres://user:password@host:port/name`. */

/** True for a URL that names a PostgreSQL database. */
export const isDatabaseUrl = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && ['postgres:', 'postgresql:'].includes(url.protocol) && url.pathname.length > 1
}

/** True where it bears a password. */
export const bearsPassword = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && (url.password !== '' || url.searchParams.has('password'))
}

/** What may be shown of it: where it is and what it is called, without user and password. */
export const shownAddress = (text: string): string => {
  const url = URL.parse(text)
  if (url === null) return 'the database'
  const host = url.host === '' ? (url.searchParams.get('host') ?? 'localhost') : url.host
  return `${host}${url.pathname}`
}
