/** Exit codes: 0 ok; 1 a promise is broken; 2 usage; 3 incomplete, or the suite itself failed. */
export type ExitCode = 0 | 1 | 2 | 3
