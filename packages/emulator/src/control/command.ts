import type { Params } from '../api/params.ts'
import type { Stage } from '../server/stage.ts'
import type { Account } from '../state/account.ts'
import type { Upstream } from '../stripe-mock/forward.ts'
import type { Description } from '../validation/description.ts'

/** What the control endpoints act on. */
export interface Controlled extends Stage {
  /** The platform account. */
  readonly account: Account
  readonly stripeMockUrl: string
  readonly upstream: Upstream
  /** What requests are checked by. */
  readonly description: Description
  /** Forgets everything; what is under way ends. */
  readonly reset: () => void
}

/** Gives what is answered as JSON, or throws a StripeError. @param ids Those of the path, in order. */
type Command = (params: Params, controlled: Controlled, ids: readonly string[]) => unknown

/** By method and path, as in `POST /_emulator/clock/advance`. */
export type Commands = Readonly<Record<string, Command>>
