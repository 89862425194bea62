/** Reads server-sent events as the WHATWG HTML standard describes them, §9.2.6 "Interpreting an event stream". */

/** One message of a stream. */
export type Message = {
  readonly data: string
  /** The id of the last message that had one; empty where none had. */
  readonly lastEventId: string
}

/** What a reader of a stream is told. */
export type Reading = {
  message(message: Message): void
  /** The server asks for this pause before a new connection, in milliseconds. */
  retry(ms: number): void
}

/** Takes in text as it comes, in pieces of any size. A message is told of at the empty line that ends it, never before. */
export const eventStreamParser = (reading: Reading): ((text: string) => void) => {
  let rest = ''
  let data: string[] = []
  let lastEventId = ''

  const field = (name: string, value: string) => {
    if (name === 'data') data.push(value)
    else if (name === 'id' && !value.includes('\0')) lastEventId = value
    else if (name === 'retry' && /^\d+$/.test(value)) reading.retry(Number(value))
  }
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) reading.message({ data: data.join('\n'), lastEventId })
      data = []
      return
    }
    const colon = text.indexOf(':')
    if (colon === 0) return
    if (colon === -1) field(text, '')
    else field(text.slice(0, colon), text.slice(colon + 1).replace(/^ /, ''))
  }
  return (text) => {
    rest += text
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const one of lines) line(one)
  }
}
