import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPlanted } from './find-planted.ts'
import { plantedFaults } from './planted-faults.ts'
import { type Ground, openGround } from './stores.ts'

// The others take longer: `npm run crash -- --planted` has all of them.
const QUICK = [
  'an event is acknowledged before it is recorded',
  'effects are committed outside of the transaction',
  'a lease has no fencing token',
]

describe('a campaign', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround('sqlite')
  })
  afterAll(() => ground.close())

  it.each(plantedFaults.filter(({ id }) => QUICK.includes(id)))(
    'finds that $id',
    { timeout: 120_000 },
    async (fault) => {
      const { violation } = await findPlanted(fault, ground)
      expect(fault.harms).toContain(violation?.harm)
    },
  )
})
