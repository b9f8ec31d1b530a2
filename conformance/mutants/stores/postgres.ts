import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const SRC = 'packages/store-postgres/src'
const ARRIVALS = `${SRC}/inbox/arrivals.ts`
const MARK = `${SRC}/inbox/mark-sql.ts`
const WORK = `${SRC}/transaction/work-transaction.ts`

export const postgresMutants: readonly StoreMutant[] = [
  {
    id: 'mark-outside',
    defect: 'The mark is committed before the callback runs',
    store: 'postgres',
    apply: [
      edit(
        WORK,
        "participant.start('protected')",
        "await this.#session.command('RELEASE SAVEPOINT countersign; COMMIT; BEGIN; SAVEPOINT countersign')\n      participant.start('protected')",
      ),
      edit(
        WORK,
        'this.hasRunWork = rows.size > 0',
        "this.hasRunWork = rows.size > 0\n    await this.#session.command('COMMIT; BEGIN')",
      ),
    ],
    kills: {
      'events by halves': ['store.crash.connections-cut'],
      'what was thrown': ['store.commit.throws'],
      'the row undefined': ['store.mirror.not-committed'],
      'what stands there before the end': ['store.atomic.all'],
      'what stands there': [
        'store.atomic.throws',
        'store.atomic.neighbours',
        'store.crash.in-transaction',
      ],
    },
  },
  {
    id: 'neighbour-effects-stay',
    defect: 'Effects of a callback that throws stay when it shares its transaction',
    store: 'postgres',
    apply: [
      edit(
        MARK,
        'WHERE e.livemode = x.livemode AND e.account = x.account AND e.key = x.key\n)',
        'WHERE false\n)',
      ),
    ],
    kills: {
      'a new effect true': ['store.commit.neighbours'],
      'what is new': ['store.effect.of-another-that-throws'],
    },
  },
  {
    id: 'owner-not-awaited',
    defect: 'An effect of a callback that has not ended counts as done',
    store: 'postgres',
    apply: [edit(WORK, 'if (!this.#isFree(holder)) return this.#awaitOwner(holder)', '')],
    kills: { 'what is new then': ['store.effect.of-a-slow-one-that-throws'] },
  },
  {
    id: 'bodies-mixed',
    defect: 'Of events that come at once all have the body of the first',
    store: 'postgres',
    apply: [edit(ARRIVALS, 'from += body.length', '')],
    kills: { 'the endpoints and bodies': ['store.durable.at-once'] },
  },
]
