import type { Chooser } from '../chooser.ts'
import type { Meaning } from './step.ts'

/** How bytes go over the wire. */
export interface Delivery {
  /** Each is a write of its own. */
  readonly segments: readonly Buffer[]
  /** Of the sender: waits for an answer, ends its half of the connection, or resets it. */
  readonly ending: 'wait' | 'end' | 'reset'
}

export interface DeliveryStep {
  readonly meaning: Meaning
  readonly apply: (delivery: Delivery, choose: Chooser) => Delivery
}

/** Steps in how the bytes are delivered. */
export const deliverySteps: Readonly<Record<string, DeliveryStep>> = {
  cut: {
    meaning: 'same',
    apply: (delivery, choose) => {
      const { length } = Buffer.concat(delivery.segments)
      return cutAt(delivery, [1 + choose.below(Math.max(1, length - 1))])
    },
  },
  'cut-often': {
    meaning: 'same',
    apply: (delivery, choose) => {
      const { length } = Buffer.concat(delivery.segments)
      const cuts = Array.from({ length: 2 + choose.below(8) }, () =>
        choose.below(length + 1),
      )
      return cutAt(delivery, cuts)
    },
  },
  'cut-everywhere': {
    meaning: 'same',
    apply: (delivery, choose) => {
      const { length } = Buffer.concat(delivery.segments)
      // Thousands of writes would only take their time.
      const width = Math.max(choose.of([1, 2, 3]), Math.ceil(length / 500))
      const cuts = Array.from(
        { length: Math.floor(length / width) },
        (_, at) => at * width,
      )
      return cutAt(delivery, cuts)
    },
  },
  'end-early': {
    meaning: 'any',
    apply: (delivery, choose) => ({ ...brokenOff(delivery, choose), ending: 'end' }),
  },
  'reset-early': {
    meaning: 'any',
    apply: (delivery, choose) => ({ ...brokenOff(delivery, choose), ending: 'reset' }),
  },
  stall: {
    meaning: 'any',
    apply: (delivery, choose) => ({ ...brokenOff(delivery, choose), ending: 'wait' }),
  },
  'end-at-once': {
    meaning: 'any',
    apply: (delivery) => ({ ...delivery, ending: 'end' }),
  },
}

function cutAt(delivery: Delivery, cuts: readonly number[]): Delivery {
  const bytes = Buffer.concat(delivery.segments)
  const borders = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b)
  const segments = borders
    .slice(0, -1)
    .map((start, index) => bytes.subarray(start, borders[index + 1]))
  return { ...delivery, segments }
}

function brokenOff(delivery: Delivery, choose: Chooser): Delivery {
  const bytes = Buffer.concat(delivery.segments)
  const kept = choose.below(bytes.length + 1)
  return { ...delivery, segments: [bytes.subarray(0, kept)] }
}
