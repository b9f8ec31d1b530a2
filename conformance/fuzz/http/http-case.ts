import { v1Of } from '../../src/signer/sign.ts'
import { type Chooser, chooserOf, deriveSeed, seededChooser } from '../chooser.ts'
import { byteSteps } from './byte-steps.ts'
import { type Delivery, deliverySteps } from './delivery-steps.ts'
import { type Draft, type DraftFacts, plainDraft, setHeader, toBytes } from './draft.ts'
import { framingSteps } from './framing-steps.ts'
import { headerSteps } from './header-steps.ts'
import type { Meaning } from './step.ts'

/** A step by its name, and what it decides by. */
export interface PlannedStep {
  readonly name: string
  readonly chooser: () => Chooser
}

/** One connection, and what may come of it. */
export interface HttpCase {
  readonly index: number
  readonly steps: readonly PlannedStep[]
  readonly delivery: Delivery
  readonly requests: readonly PlannedRequest[]
}

interface PlannedRequest {
  readonly eventId: string
  readonly meaning: Meaning
  /** Whether the bytes that go out hold all that it takes to act: the body, in order, after its signature. */
  readonly mayAct: boolean
}

const messageSteps = { ...headerSteps, ...framingSteps }
const PIPELINE = 'pipeline'
const breakOffs = ['end-early', 'reset-early', 'stall', 'end-at-once'] as const

/** Chooses the steps of a case: a pure function of these three. */
export function planSteps(
  seed: number,
  target: string,
  index: number,
): readonly PlannedStep[] {
  const choose = seededChooser(deriveSeed(seed, target, index))
  const step = (name: string): PlannedStep => {
    const own = choose.below(2 ** 31 - 1)
    return { name, chooser: () => seededChooser(own) }
  }
  const oneOf = (steps: object): PlannedStep => {
    const [first = '', ...others] = Object.keys(steps)
    return step(choose.of([first, ...others]))
  }
  const cuts = choose.oneIn(4)
    ? [step(choose.of(['cut', 'cut-often', 'cut-everywhere']))]
    : []
  switch (index % 8) {
    case 0:
    case 4: {
      // The cut moves on by one byte from case to case, so that none is left out.
      const place = Math.floor(index / 4)
      return [{ name: 'cut', chooser: () => chooserOf([place]) }, ...cuts]
    }
    case 1:
      return [...cuts, step(choose.of(breakOffs))]
    case 2:
      return [step(PIPELINE), ...cuts]
    default: {
      const steps = Array.from({ length: choose.of([1, 1, 1, 2, 3]) }, () =>
        oneOf(choose.oneIn(4) ? byteSteps : messageSteps),
      )
      return [
        ...steps,
        ...cuts,
        ...(choose.oneIn(20) ? [step(choose.of(breakOffs))] : []),
      ]
    }
  }
}

/** Makes the bytes of a case. Only the time and what the facts hold differ from run to run. */
export function buildCase(
  index: number,
  steps: readonly PlannedStep[],
  { eventId, ...facts }: DraftFacts,
): HttpCase {
  const draftOf = (number: number) =>
    plainDraft({ ...facts, eventId: `${eventId}_${number}` })
  const first = draftOf(0)
  const drafts = [{ draft: first, meaning: meaningOf(steps) }]
  for (const { name, chooser } of steps) {
    messageSteps[name]?.apply(first, chooser())
    if (name === PIPELINE) drafts.push(...pipelined(drafts.length, draftOf, chooser()))
  }
  let bytes: Buffer = Buffer.concat(drafts.map(({ draft }) => toBytes(draft)))
  for (const { name, chooser } of steps)
    bytes = byteSteps[name]?.(bytes, chooser()) ?? bytes
  let delivery: Delivery = { segments: [bytes], ending: 'wait' }
  for (const { name, chooser } of steps)
    delivery = deliverySteps[name]?.apply(delivery, chooser()) ?? delivery
  const sent = Buffer.concat(delivery.segments)
  return {
    index,
    steps,
    delivery,
    requests: drafts.map(({ draft, meaning }) => ({
      eventId: draft.eventId,
      meaning,
      mayAct: holds(sent, draft),
    })),
  }
}

function meaningOf(steps: readonly PlannedStep[]): Meaning {
  const meanings = steps.map(({ name }) => stepMeaning(name))
  if (meanings.every((meaning) => meaning === 'same')) return 'same'
  // Another step may undo what one does.
  const isAlone = steps.filter(({ name }) => !name.startsWith('cut')).length === 1
  return isAlone && meanings.includes('refused') ? 'refused' : 'any'
}

function stepMeaning(name: string): Meaning {
  if (name in byteSteps) return 'any'
  return messageSteps[name]?.meaning ?? deliverySteps[name]?.meaning ?? 'same'
}

function pipelined(
  count: number,
  draftOf: (number: number) => Draft,
  choose: Chooser,
): readonly { draft: Draft; meaning: Meaning }[] {
  return Array.from({ length: 1 + choose.below(3) }, (_, at) => {
    const draft = draftOf(count + at)
    if (choose.oneIn(2)) return { draft, meaning: 'same' }
    setHeader(draft, 'Stripe-Signature', `t=1,v1=${'0'.repeat(64)}`)
    return { draft, meaning: 'refused' }
  })
}

/** What is missing here cannot have arrived, however leniently a server reads. */
function holds(sent: Buffer, { body, secret, timestamp }: Draft): boolean {
  const signature = sent.indexOf(v1Of(body, secret, timestamp))
  if (signature < 0 || !sent.includes(`t=${timestamp}`)) return false
  let found = 0
  // Chunk sizes may stand in between.
  for (const byte of sent.subarray(signature)) if (byte === body[found]) found += 1
  return found === body.length
}
