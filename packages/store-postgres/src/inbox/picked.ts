/**
 * `picked = 1` on rows that come from JSON makes PostgreSQL expect one row rather than a
 * hundred, and so look each up by an index; to join a hundred it would read through the whole
 * table as long as that is small, and keep that plan while the table grows.
 */
export const PICKED = '1 AS picked'
