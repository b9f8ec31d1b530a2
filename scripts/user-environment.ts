/** The environment of a person's shell, where no test runner has set NODE_ENV. */
export function userEnvironment(
  variables: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const { NODE_ENV: _, ...environment } = process.env
  // Some frameworks' types demand a NODE_ENV in every environment.
  return { ...environment, ...variables } as NodeJS.ProcessEnv
}
