/** What is sent, to the byte. */
export interface HttpRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** In order, with the case in which they are sent; a name may come twice. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** `content-length` says the length beforehand; `chunked` does not. */
  readonly framing: 'content-length' | 'chunked'
  /** Where the body is cut into separate writes, in bytes from its start. */
  readonly cuts: readonly number[]
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** One request and what came of it. */
export interface Exchange {
  readonly request: HttpRequest
  /** Absent when no answer came. */
  readonly response?: HttpResponse
  /** Why no answer came. */
  readonly error?: string
  /** Milliseconds after the check began. */
  readonly startedAt: number
  readonly durationMs: number
}

/** The value of a header by its lower-case name; `undefined` when it is not sent. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1]
}
