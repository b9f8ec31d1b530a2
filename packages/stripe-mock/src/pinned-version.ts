/** The release that Countersign is tested with. Its OpenAPI description is 2026-08-26.dahlia. */
export const PINNED_VERSION = '0.203.0'
