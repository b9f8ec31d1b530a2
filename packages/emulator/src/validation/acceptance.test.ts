// Every operation of Stripe's OpenAPI description, sent to the emulator and to bare
// stripe-mock: with minimal parameters both accept them, with an unknown one both refuse.
import { findBinary, readDescription } from '@countersign/stripe-mock'
import { expect, it } from 'vitest'
import { emulator, stripe } from '../emulator.test-setup.ts'
import { describe as described } from './description.ts'
import { encode, minimal, runAll, send, stripeMockUrl } from './validation.test-setup.ts'

const UPLOAD = 'POST /v1/files'

/** Where the emulator asks for more than the description does, and why. */
const STRICTER: Readonly<Record<string, string>> = {
  'POST /v1/checkout/sessions': 'a mode, but for embedded pages that only set up',
  'POST /v1/refunds': 'a charge or a payment intent',
  'POST /v1/subscriptions': 'a customer; the description lets an account take its place',
}

const binary = await findBinary()
const { operations } = described(await readDescription(binary?.path ?? ''))
const known = [...operations.values()].filter(
  ({ isNew, operation }) => !isNew && operation !== UPLOAD,
)

/** Ids of objects that exist, by the name that parameters and paths have for them. */
async function prerequisites(): Promise<Readonly<Record<string, string>>> {
  const customer = await stripe.customers.create({ email: 'a@example.com' })
  const product = await stripe.products.create({ name: 'Pro' })
  const intent = await stripe.paymentIntents.create({ amount: 100, currency: 'eur' })
  return { customer: customer.id, product: product.id, intent: intent.id }
}

it('accepts and refuses the parameters of all operations as stripe-mock does', {
  timeout: 60_000,
}, async () => {
  const ids = await prerequisites()
  const bareUrl = await stripeMockUrl()
  const accepted: string[] = []
  const stricter = new Set<string>()
  const wrong: string[] = []
  const jobs = known.flatMap((operation) => {
    const name = operation.operation
    const pairs = minimal(operation, ids)
    return [
      async () => {
        const encoded = encode(pairs)
        const [bare, here] = await Promise.all([
          send(bareUrl, operation, encoded, ids),
          send(emulator.url, operation, encoded, ids),
        ])
        if (bare.status < 400) accepted.push(name)
        if (bare.status < 400 === isAccepted(here)) return
        if (name in STRICTER) stricter.add(name)
        else wrong.push(`${name} ${encoded}: ${here.status} ${here.error.message}`)
      },
      async () => {
        const encoded = encode([...pairs, ['no_such_parameter', 'x']])
        const bare = await send(bareUrl, operation, encoded, ids)
        const here = await send(emulator.url, operation, encoded, ids)
        if (bare.status === 400 && here.error.code === 'parameter_unknown') return
        wrong.push(`${name} with an unknown one: ${bare.status}, ${here.status}`)
      },
    ]
  })
  await runAll(jobs)
  expect(wrong).toEqual([])
  expect([...stricter].sort()).toEqual(Object.keys(STRICTER))
  expect(known).toHaveLength(593)
  expect(accepted.length).toBe(known.length)
})

/** What depends on what is stored, and not on the parameters, is none of a refusal of them. */
function isAccepted({ status, error }: Awaited<ReturnType<typeof send>>): boolean {
  if (status < 400 || status === 402 || error.code === 'resource_missing') return true
  return status === 400 && !error.code?.startsWith('parameter_') && isAboutState(error)
}

/** Such as `This PaymentIntent could not be captured because it has a status of canceled.` */
function isAboutState({ message = '' }: { message?: string }): boolean {
  return !/^(Invalid|Received|Missing|Unrecognized|You passed an empty)/.test(message)
}
