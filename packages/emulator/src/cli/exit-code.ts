/** Exit codes: 0 ok; 1 it could not be done; 2 the command line is wrong. */
export type ExitCode = 0 | 1 | 2
