/** The folder of this package, whether its source runs or what was built from it. It holds fixtures, profiles and schemas. */
export const packageRoot: URL = new URL(
  './',
  import.meta.resolve('@countersign/conformance/package.json'),
)
