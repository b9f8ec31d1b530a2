// The list of what the `stripe` package sends and stripe-mock does not know. It shrinks when
// stripe-mock is updated: an entry that is no longer needed fails here.
import { findBinary, readDescription } from '@countersign/stripe-mock'
import { describe, expect, it } from 'vitest'
import { emulator, errorOf, stripe } from '../emulator.test-setup.ts'
import { type Description, describe as described } from './description.ts'
import { type EndiveEntry, endive } from './endive.ts'
import { type ParameterType, typeOf } from './parameter-type.ts'
import { parseType } from './type-notation.ts'
import {
  encode,
  minimal,
  type Pair,
  runAll,
  type SentError,
  send,
  stripeMockUrl,
  valid,
} from './validation.test-setup.ts'

const binary = await findBinary()
const openApi = await readDescription(binary?.path ?? '')
const description: Description = described(openApi)

/** What stripe-mock itself takes at a path. */
function typeAt({ operation, path }: EndiveEntry): readonly ParameterType[] {
  const [method = '', url = ''] = operation.split(' ')
  const known = openApi.paths[url]?.[method.toLowerCase()]
  const [form] = Object.values(known?.requestBody?.content ?? {})
  const query = known?.parameters?.map(({ name, schema }) => [name, schema] as const)
  const type = typeOf({
    type: 'object',
    ...(method === 'GET'
      ? { properties: Object.fromEntries(query ?? []) }
      : form?.schema),
  })
  return path
    .split('.')
    .reduce<readonly ParameterType[]>(
      (types, segment) => types.flatMap((one) => inside(one, segment)),
      [type],
    )
}

function inside(type: ParameterType, segment: string): readonly ParameterType[] {
  if (type.kind === 'any') return type.options.flatMap((one) => inside(one, segment))
  if (type.kind === 'list') return inside(type.items, segment)
  if (type.kind !== 'hash') return []
  const property = type.properties.get(segment.replace('[]', ''))?.type
  if (property === undefined) return []
  return segment.endsWith('[]') ? listItems(property) : [property]
}

function listItems(type: ParameterType): readonly ParameterType[] {
  if (type.kind === 'any') return type.options.flatMap(listItems)
  return type.kind === 'list' ? [type.items] : []
}

describe('the list of what is newer than stripe-mock', () => {
  it('is about operations that there are', () => {
    const names = new Set(endive.map(({ operation }) => operation))
    const unknown = [...names].filter((name) => description.operations.get(name)?.isNew)
    expect(unknown).toEqual(['POST /v1/subscriptions/{subscription}/pause'])
    expect(endive.length).toBeGreaterThan(200)
  })

  it.each(endive.filter(({ kind }) => kind === 'new'))(
    'stripe-mock does not know $operation $path',
    (entry) => expect(typeAt(entry)).toEqual([]),
  )

  it.each(endive.filter(({ kind }) => kind === 'values'))(
    'stripe-mock does not know all values of $operation $path',
    (entry) => {
      const known = typeAt(entry).flatMap((type) =>
        (type.kind === 'any' ? type.options : [type]).flatMap((one) =>
          one.kind === 'enum' ? one.values : [],
        ),
      )
      expect(known).not.toEqual([])
      expect(entry.type.split('|').filter((value) => known.includes(value))).toEqual([])
    },
  )

  it('is refused by stripe-mock wherever it looks, and accepted here', async () => {
    const url = await stripeMockUrl()
    const wrong: string[] = []
    const jobs = endive.map((entry) => async () => {
      const operation = description.operations.get(entry.operation)
      const [field = ''] = entry.path.split('[')
      if (operation === undefined || entry.path.includes('.')) return
      const value = entry.type.split('|')[0] ?? ''
      const added: readonly Pair[] =
        entry.kind === 'values'
          ? [[entry.path.replace('[]', '[0]'), value]]
          : valid(parseType(entry.type), field)
      // An empty hash cannot be sent.
      if (added.length === 0) return
      const others = minimal(operation).filter(([name]) => !name.startsWith(field))
      const encoded = encode([...others, ...added])
      const bare = await send(url, operation, encoded)
      if (bare.status < 400) wrong.push(`stripe-mock takes ${entry.operation} ${encoded}`)
      const { error } = await send(emulator.url, operation, encoded)
      if (isRefused(error, field)) wrong.push(`${entry.operation}: ${error.message}`)
    })
    await runAll(jobs)
    expect(wrong).toEqual([])
  })

  it('is checked by its own types', async () => {
    for (const [params, message] of [
      [{ allowed_payment_method_types: ['carrier_pigeon'] }, /must be one of card, /],
      [{ allowed_payment_method_types: 'card' }, /^Invalid array$/],
    ] as const) {
      const error = await errorOf(
        stripe.checkout.sessions.create({ mode: 'payment', ...params } as never),
      )
      expect(error).toMatchObject({ statusCode: 400 })
      expect(error.message).toMatch(message)
    }
  })

  it('takes away what endive took away, from requests of that version', async () => {
    const params = { amount: 100, currency: 'eur', payment_method_types: ['card'] }
    const newest = await errorOf(stripe.paymentIntents.create(params as never))
    expect(newest).toMatchObject({
      code: 'parameter_unknown',
      message: 'Received unknown parameter: payment_method_types',
    })
    const apiVersion = '2025-02-24.acacia'
    const older = await stripe.paymentIntents.create(params as never, { apiVersion })
    expect(older.object).toBe('payment_intent')
  })
})

/** Because of this parameter, and not for another or for what is stored. What the emulator does not model, it says so. */
function isRefused({ param, message = '' }: SentError, field: string): boolean {
  if (message.startsWith('This emulator')) return false
  return param?.startsWith(field) || /^(Unrecognized|The emulator failed)/.test(message)
}
