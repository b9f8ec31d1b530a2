export type { PgBossEngineOptions } from './options.ts'
export { type PgBossEngine, pgBossEngine } from './pg-boss-engine.ts'
