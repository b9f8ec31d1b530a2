import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const STATE = 'packages/core/src/store/memory/memory-state.ts'

export const memoryEffectsMutants: readonly StoreMutant[] = [
  {
    id: 'effects-not-kept',
    defect: 'Effects of a callback are not kept',
    store: 'memory',
    apply: [edit(STATE, 'for (const effect of effects) this.effects.add(effect)', '')],
    kills: {
      'the messages': ['store.claim-and-commit.declared', 'store.effect.declared'],
      'a known effect false': ['store.commit.neighbours'],
      'what is new then': ['store.effect.once', 'store.effect.crossed'],
      'what is new': [
        'store.effect.exactly-one',
        'store.effect.of-another-that-throws',
        'store.requeue.effects-stay',
        'store.prune.effects-stay',
      ],
      'the number of messages': ['store.effect.declared-at-once'],
    },
  },
  {
    id: 'effects-by-account-alone',
    defect: 'An effect of the test mode is one of the live mode',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'const id = scoped(scope, key)\n    if (this.effects',
        'const id = scoped({ ...scope, livemode: false }, key)\n    if (this.effects',
      ),
    ],
    kills: { 'what is new in the other mode': ['store.effect.by-mode'] },
  },
  {
    id: 'effects-by-mode-alone',
    defect: 'An effect of one account is one of all',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'const id = scoped(scope, key)\n    if (this.effects',
        "const id = scoped({ ...scope, account: '' }, key)\n    if (this.effects",
      ),
    ],
    kills: { 'what is new for the others': ['store.effect.by-account'] },
  },
  {
    id: 'effect-of-transaction-twice',
    defect: 'An effect is new twice in one transaction',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'if (this.effects.has(id) || effects.has(id)) return false',
        'if (this.effects.has(id)) return false',
      ),
    ],
    kills: { 'what is new at first': ['store.effect.once'] },
  },
  {
    id: 'declared-sent-again',
    defect: 'A declared effect that is known sends its messages again',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'if (!state.addEffect(key, effect, additions)) continue',
        'state.addEffect(key, effect, additions)',
      ),
    ],
    kills: {
      'the messages': ['store.claim-and-commit.declared', 'store.effect.declared'],
      'the number of messages': ['store.effect.declared-at-once'],
    },
  },
  {
    id: 'declared-forgotten',
    defect: 'Declared effects are not recorded',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'if (!state.addEffect(key, effect, additions)) continue',
        'void effect',
      ),
    ],
    kills: {
      'the messages': ['store.claim-and-commit.declared', 'store.effect.declared'],
      'the number of messages': ['store.effect.declared-at-once'],
      'what is new': ['store.prune.effects-stay'],
    },
  },
  {
    id: 'message-twice',
    defect: 'A message is written twice for its key',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'if (this.messages.has(id) || messages.has(id)) return false\n    messages.set(id',
        'messages.set(id',
      ),
    ],
    kills: { 'what is new at first': ['store.message.once'] },
  },
  {
    id: 'message-of-one-scope',
    defect: 'One key in two accounts is one message',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'const id = scoped(scope, message.key)',
        "const id = scoped({ ...scope, account: '' }, message.key)",
      ),
    ],
    kills: { 'the messages': ['store.message.by-scope'] },
  },
]
