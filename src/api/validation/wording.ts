/** Says what is wrong with a request, in each language of the messages. */
import {
  FILE_NAME_PATTERN,
  ID_PATTERN,
  IDEMPOTENCY_KEY_PATTERN,
  SHA256_PATTERN,
  type ValidationIssue,
} from '../../../schemas/index.ts'
import type { Language } from '../language.ts'
import type { Fault, Finding, RequestPart } from './finding.ts'

type Wording = { readonly [K in Fault['kind']]: (fault: Extract<Fault, { kind: K }>, subject: string) => string }

const parts: Record<Language, Record<RequestPart, string>> = {
  en: { body: 'the body', query: 'the query string', path: 'the path', headers: 'the header section' },
  zh: { body: '请求体', query: '查询字符串', path: '路径', headers: '请求头' },
}

const typeNames: Record<Language, Record<string, string>> = {
  en: {
    object: 'an object',
    array: 'an array',
    string: 'a string',
    integer: 'a whole number',
    number: 'a number',
    fraction: 'one with a fraction',
    boolean: 'true or false',
    null: 'null',
  },
  zh: {
    object: '对象',
    array: '数组',
    string: '字符串',
    integer: '整数',
    number: '数字',
    fraction: '小数',
    boolean: 'true 或 false',
    null: 'null',
  },
}

const units = {
  en: { characters: 'character', items: 'item', fields: 'field' },
  zh: { characters: '个字符', items: '项', fields: '个字段' },
}
const enCount = (limit: number, unit: keyof typeof units.en) => `${limit} ${units.en[unit]}${limit === 1 ? '' : 's'}`

const enType = (type: string) => typeNames.en[type] ?? type
const zhType = (type: string) => typeNames.zh[type] ?? type
const listed = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(', ')

/** What is to be said of a pattern that callers come upon, in the place of it: nobody reads patterns. */
const patternNames: Record<Language, Readonly<Record<string, string>>> = {
  en: {
    [ID_PATTERN]: 'be 1 to 64 of the letters A–Z and a–z, digits, and . _ -',
    [IDEMPOTENCY_KEY_PATTERN]: 'be of printable ASCII characters',
    [SHA256_PATTERN]: 'be a SHA-256 in lower-case hexadecimal: 64 of 0–9 and a–f',
    [FILE_NAME_PATTERN]: 'be a relative path with forward slashes, without . and .. and control characters',
  },
  zh: {
    [ID_PATTERN]: '由 1 到 64 个字符组成:字母 A–Z 和 a–z、数字以及 . _ -',
    [IDEMPOTENCY_KEY_PATTERN]: '只含可打印的 ASCII 字符',
    [SHA256_PATTERN]: '是小写十六进制的 SHA-256:64 个 0–9 和 a–f',
    [FILE_NAME_PATTERN]: '是使用正斜杠的相对路径,不含 . 和 .. 以及控制字符',
  },
}

const en: Wording = {
  missing: (_, subject) => `${subject} is missing`,
  unknown: ({ suggestion }, subject) =>
    `${subject} is not known here${suggestion === undefined ? '' : ` (did you mean '${suggestion}'?)`}`,
  repeated: (_, subject) => `${subject} is given more than once`,
  type: ({ expected, actual }, subject) =>
    `${subject} must be ${expected.map(enType).join(' or ')}, not ${enType(actual)}`,
  text: ({ expected }, subject) =>
    `${subject} must be ${enType(expected)}${expected === 'boolean' ? '' : ' in plain digits, without leading zeros'}`,
  choice: ({ allowed, suggestion }, subject) =>
    `${subject} must be ${allowed.length > 1 ? 'one of ' : ''}${listed(allowed)}${suggestion === undefined ? '' : ` (did you mean '${suggestion}'?)`}`,
  least: ({ limit }, subject) => `${subject} must be at least ${limit}`,
  most: ({ limit }, subject) => `${subject} must be at most ${limit}`,
  above: ({ limit }, subject) => `${subject} must be more than ${limit}`,
  below: ({ limit }, subject) => `${subject} must be less than ${limit}`,
  shortest: ({ limit, unit }, subject) => `${subject} must have at least ${enCount(limit, unit)}`,
  longest: ({ limit, unit }, subject) => `${subject} must have at most ${enCount(limit, unit)}`,
  duplicates: (_, subject) => `${subject} must not hold the same value twice`,
  pattern: ({ pattern }, subject) => `${subject} must ${patternNames.en[pattern] ?? `match ${pattern}`}`,
  instant: (_, subject) =>
    `${subject} must be an instant that exists, as RFC 3339 (2026-11-24T12:00:00Z) or in seconds since 1970`,
  format: ({ format }, subject) => `${subject} must be a ${format}`,
  'needs-shell': () =>
    "'command' is a line for a shell: send the program and its arguments as a list, or add shell: true (the device must allow shell)",
  'exactly-one': ({ fields }, subject) => `${subject} needs exactly one of ${fields.join(', ')}`,
  refused: (_, subject) => `${subject} has a value that is not possible here`,
  'not-json': ({ cause }) => `the body is not JSON (${cause})`,
  'not-utf8': () => 'the body is not UTF-8',
  'forbidden-key': () => 'the body holds a key that is refused (__proto__, or a constructor with a prototype)',
  'too-deep': ({ limit }) => `the body is nested more than ${limit} levels deep`,
  'too-many': ({ limit }) => `the body holds more than ${limit} values`,
  'no-body': () => 'a JSON body is needed',
  'needless-body': () => 'a body is not possible here',
  'cut-short': () => 'the body ended before its announced length',
  'bad-url': () => 'the path is not valid percent-encoding of UTF-8',
  'bad-http': ({ cause }) => `the request is not valid HTTP/1.1 (${cause})`,
}

const zhMeant = (suggestion: string | undefined) => (suggestion === undefined ? '' : `(您是否想写 '${suggestion}'?)`)

const zh: Wording = {
  missing: (_, subject) => `缺少 ${subject}`,
  unknown: ({ suggestion }, subject) => `此处没有 ${subject}${zhMeant(suggestion)}`,
  repeated: (_, subject) => `${subject} 出现了多次`,
  type: ({ expected, actual }, subject) =>
    `${subject} 必须是${expected.map(zhType).join('或')},而不是${zhType(actual)}`,
  text: ({ expected }, subject) =>
    `${subject} 必须是${expected === 'boolean' ? ' true 或 false' : `不带前导零的十进制${zhType(expected)}`}`,
  choice: ({ allowed, suggestion }, subject) =>
    `${subject} 必须是${allowed.length > 1 ? '以下之一:' : ' '}${listed(allowed)}${zhMeant(suggestion)}`,
  least: ({ limit }, subject) => `${subject} 不得小于 ${limit}`,
  most: ({ limit }, subject) => `${subject} 不得大于 ${limit}`,
  above: ({ limit }, subject) => `${subject} 必须大于 ${limit}`,
  below: ({ limit }, subject) => `${subject} 必须小于 ${limit}`,
  shortest: ({ limit, unit }, subject) => `${subject} 至少要有 ${limit} ${units.zh[unit]}`,
  longest: ({ limit, unit }, subject) => `${subject} 最多只能有 ${limit} ${units.zh[unit]}`,
  duplicates: (_, subject) => `${subject} 不得包含重复的值`,
  pattern: ({ pattern }, subject) => `${subject} 必须${patternNames.zh[pattern] ?? `匹配 ${pattern}`}`,
  instant: (_, subject) => `${subject} 必须是真实存在的时刻:RFC 3339 格式(2026-11-24T12:00:00Z)或自 1970 年起的秒数`,
  format: ({ format }, subject) => `${subject} 必须是 ${format}`,
  'needs-shell': () => "'command' 是一行 shell 命令:请以列表发送程序及其参数,或加上 shell: true(设备须允许 shell)",
  'exactly-one': ({ fields }, subject) => `${subject} 必须且只能包含以下字段之一:${fields.join(', ')}`,
  refused: (_, subject) => `${subject} 的值在此处不可用`,
  'not-json': ({ cause }) => `请求体不是 JSON(${cause})`,
  'not-utf8': () => '请求体不是 UTF-8',
  'forbidden-key': () => '请求体含有被拒绝的键(__proto__,或带 prototype 的 constructor)',
  'too-deep': ({ limit }) => `请求体的嵌套超过 ${limit} 层`,
  'too-many': ({ limit }) => `请求体包含的值超过 ${limit} 个`,
  'no-body': () => '需要 JSON 请求体',
  'needless-body': () => '此处不能有请求体',
  'cut-short': () => '请求体短于其声明的长度',
  'bad-url': () => '路径不是有效的 UTF-8 百分号编码',
  'bad-http': ({ cause }) => `请求不是有效的 HTTP/1.1(${cause})`,
}

const wordings: Record<Language, Wording> = { en, zh }

/** The longest texts that `ValidationIssue` allows. */
const LONGEST_MESSAGE = 2048
const LONGEST_PATH = 1024

/** Names in messages are cut: they are the caller's, and may be of any length. */
const LONGEST_NAME = 128

const subjectOf = (finding: Finding, language: Language): string => {
  const name = 'name' in finding ? finding.name : ''
  return name === '' ? parts[language][finding.in] : `'${name.slice(0, LONGEST_NAME)}'`
}

/** A finding in words. */
export const worded = (finding: Finding, language: Language): ValidationIssue => {
  // The table has one function for each kind, so the pair always fits; TypeScript cannot follow that.
  const say = wordings[language][finding.kind] as (fault: Fault, subject: string) => string
  const allowed = 'allowed' in finding ? finding.allowed : undefined
  const suggestion = 'suggestion' in finding ? finding.suggestion : undefined
  return {
    in: finding.in,
    path: finding.path.slice(0, LONGEST_PATH),
    message: say(finding, subjectOf(finding, language)).slice(0, LONGEST_MESSAGE),
    ...(allowed === undefined ? {} : { allowed: [...allowed] }),
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}
