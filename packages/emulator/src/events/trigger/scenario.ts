/** Parameters as they are sent: nested, in which `{customer.id}` stands for a field of an earlier answer. */
export interface StepParams {
  readonly [name: string]: StepParam
}
export type StepParam = string | number | boolean | StepParams | readonly StepParam[]

/** One call to the emulator, as an application or a person would make it. */
export interface Step {
  /** As in `POST /v1/customers/{customer.id}`. */
  readonly call: string
  readonly params?: StepParams
  /** What later steps call the answer. */
  readonly as?: string
  /** Whether it is meant to be declined, with a 402. */
  readonly isDeclined?: boolean
  /** Asks again until the answer has this `status`. */
  readonly until?: string
}

/** What has to be done for an event to be made. */
export type Scenario = readonly Step[]
