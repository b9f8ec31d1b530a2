import { describe, expect, it } from 'vitest'
import { notificationOf } from '../webhooks/receive.test-setup.ts'
import { parseEvent } from './parse-event.ts'

const valid = {
  id: 'evt_1',
  object: 'event',
  type: 'invoice.paid',
  livemode: false,
  created: 1_700_000_000,
  api_version: '2026-10-28.endive',
  data: { object: { id: 'in_1' } },
}

const parse = (value: unknown) =>
  parseEvent(
    new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
  )

describe('parseEvent', () => {
  it('gives the event as it was sent', () => {
    expect(parse(valid)).toEqual({ kind: 'snapshot', received: valid })
    expect(parse({ ...valid, account: 'acct_1' })).toMatchObject({ kind: 'snapshot' })
    for (const change of [
      { account: null },
      { api_version: null },
      { api_version: undefined },
    ])
      expect(parse({ ...valid, ...change })).toMatchObject({ kind: 'snapshot' })
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a number', '5'],
    ['a string', '"s"'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['a byte order mark', `\ufeff${JSON.stringify(valid)}`],
    ['another object', { ...valid, object: 'invoice' }],
    ['no id', { ...valid, id: undefined }],
    ['an id of something else', { ...valid, id: 'in_1' }],
    ['an id with a line break', { ...valid, id: 'evt_1\n' }],
    ['an id that is too long', { ...valid, id: `evt_${'1'.repeat(251)}` }],
    ['no type', { ...valid, type: 5 }],
    ['no livemode', { ...valid, livemode: 'false' }],
    ['no created', { ...valid, created: '2026' }],
    ['an account that is no text', { ...valid, account: {} }],
    ['an account in a list', { ...valid, account: ['acct_1'] }],
    ['an account with a line break', { ...valid, account: 'acct_1\nacct_2' }],
    ['an account of another kind', { ...valid, account: 'cus_1' }],
    ['an account without end', { ...valid, account: `acct_${'1'.repeat(900_000)}` }],
    ['a type with a line break', { ...valid, type: 'invoice.paid\n' }],
    ['a type without end', { ...valid, type: 'a'.repeat(1_001) }],
    ['a version with a line break', { ...valid, api_version: '2026\n' }],
    ['a context with a line break', { ...valid, context: 'acct_1\n' }],
    ['a version that is no text', { ...valid, api_version: 5 }],
    ['no data', { ...valid, data: undefined }],
    ['data without an object', { ...valid, data: { object: null } }],
    ['a list as its object', { ...valid, data: { object: [] } }],
  ])('calls a body with %s invalid, and quotes nothing of it', (_, body) => {
    const parsed = parse(body)
    expect(parsed).toMatchObject({ kind: 'invalid' })
    expect(JSON.stringify(parsed)).not.toContain('evt_1')
  })

  it('calls bytes that are no UTF-8 invalid', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(valid))
    bytes[bytes.length - 4] = 0xff
    expect(parseEvent(bytes)).toMatchObject({ kind: 'invalid' })
  })

  const type = 'v1.customer.subscription.active'
  const thin = notificationOf({ type, context: 'acct_1' })

  it('gives a thin notification as it was sent', () => {
    expect(parse(thin)).toEqual({ kind: 'thin', received: thin })
    for (const change of [
      { related_object: null },
      { related_object: undefined },
      { context: null },
      { type: 'v2.core.event_destination.ping' },
    ])
      expect(parse({ ...thin, ...change })).toMatchObject({ kind: 'thin' })
  })

  it.each([
    ['the type of an event', { type: 'invoice.paid' }],
    ['a time that is none', { created: 'now' }],
    ['a number as its time', { created: 1_700_000_000 }],
    ['no mode', { livemode: undefined }],
    ['a context that is no text', { context: {} }],
    ['an object without a place', { related_object: { id: 'sub_1', type: 's' } }],
  ])('calls a thin notification with %s invalid', (_, change) => {
    expect(parse({ ...thin, ...change })).toMatchObject({ kind: 'invalid' })
  })

  it('calls an event with the type of a thin notification invalid', () => {
    expect(parse({ ...valid, type })).toMatchObject({ kind: 'invalid' })
  })

  it('survives a body that is nested a hundred thousand deep', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(parse(deep)).toMatchObject({ kind: 'invalid' })
  })

  it('keeps a key called __proto__ to itself', () => {
    const text = JSON.stringify(valid).replace('{', '{"__proto__":{"polluted":true},')
    expect(parse(text)).toMatchObject({ kind: 'snapshot' })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})
