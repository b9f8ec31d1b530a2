// The emulator's own check against the real stripe-mock, for every parameter of the first two
// levels of all 594 operations: it says the same, but for what stripe-mock is known to miss.
import { findBinary, readDescription, startStripeMock } from '@countersign/stripe-mock'
import { expect, it } from 'vitest'
import { parseParams } from '../api/params.ts'
import { checkParameters, isRefusal } from './check-parameters.ts'
import { type DescribedOperation, describe as described } from './description.ts'
import { editForm } from './edit-form.ts'
import type { HashType } from './parameter-type.ts'
import {
  encode,
  type Pair,
  required,
  runAll,
  send,
  valid,
} from './validation.test-setup.ts'

/** Refused by the emulator alone. */
const STRICTER: readonly { readonly why: string; readonly message: RegExp }[] = [
  {
    why: 'stripe-mock lets unknown nested parameters pass, Stripe does not',
    message: /^Received unknown parameters?: \w+\[/,
  },
  {
    why: 'what is required cannot be empty; stripe-mock takes any text',
    message: /^You passed an empty string for/,
  },
]

it('agrees with stripe-mock', { timeout: 60_000 }, async () => {
  const binary = await findBinary()
  const { operations } = described(await readDescription(binary?.path ?? ''))
  const stripeMock = await startStripeMock()
  const disagreements: string[] = []
  let count = 0
  const compare = (operation: DescribedOperation, pairs: readonly Pair[]) => async () => {
    const encoded = encode(pairs)
    const own = checkParameters(parseParams(encoded), operation.parameters)
    const sent = isRefusal(own) ? encoded : editForm(encoded, own.edits)
    const { status, error } = await send(stripeMock.url, operation, sent)
    count += 1
    const isKnown =
      isRefusal(own) &&
      (STRICTER.some(({ message }) => message.test(own.message)) ||
        isNew(pairs, operation))
    if (isRefusal(own) === (status === 400) || isKnown) return
    const reason = isRefusal(own) ? `only refused here: ${own.message}` : error.message
    disagreements.push(`${operation.operation} ${decodeURIComponent(encoded)}: ${reason}`)
  }
  const jobs = [...operations.values()]
    .filter(({ isNew, mediaType }) => !isNew && !mediaType?.startsWith('multipart'))
    .flatMap((operation) =>
      variants(operation.parameters, '').map((pairs) => compare(operation, pairs)),
    )
  await runAll(jobs)
  await stripeMock.stop()
  expect(disagreements).toEqual([])
  expect(count).toBeGreaterThan(15_000)
})

/** Requests that are right and requests that are wrong in one place. */
function variants(hash: HashType, inside: string): readonly (readonly Pair[])[] {
  const base = required(hash, inside)
  const made: (readonly Pair[])[] = [base, [...base, [within(inside, 'no_such'), 'x']]]
  for (const [key, { type, isRequired }] of hash.properties) {
    if (key === 'expand') continue
    const name = within(inside, key)
    const rest = base.filter(([one]) => one !== name && !one.startsWith(`${name}[`))
    if (isRequired) made.push(rest)
    made.push([...rest, ...valid(type, name)])
    for (const wrong of ['%bad', '']) made.push([...rest, [name, wrong]])
    made.push([...rest, [`${name}[0]`, '7']])
    if (inside !== '') continue
    for (const option of type.kind === 'any' ? type.options : [type]) {
      if (option.kind !== 'hash') continue
      for (const inner of variants(option, name)) made.push([...rest, ...inner])
    }
  }
  return made
}

function within(inside: string, key: string): string {
  return inside === '' ? key : `${inside}[${key}]`
}

/** About a nested parameter that stripe-mock does not know, and does not look at. */
function isNew(pairs: readonly Pair[], { parameters }: DescribedOperation): boolean {
  return pairs.some(([name]) => {
    const [first = '', second = ''] = name.replaceAll(']', '').split('[')
    const type = parameters.properties.get(first)?.type
    return (type?.kind === 'any' ? type.options : [type]).some(
      (option) => option?.kind === 'hash' && option.properties.get(second)?.isNew,
    )
  })
}
