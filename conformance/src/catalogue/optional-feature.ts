/**
 * What a target may have, and says in its manifest that it has. `clock`: its clock can be
 * set. `durable-store`: it remembers over restarts. `durable-processing`: a 2xx means
 * stored, and the event acts afterwards.
 */
export type OptionalFeature = 'clock' | 'durable-store' | 'durable-processing'
