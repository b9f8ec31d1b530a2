export default {
  transpilePackages: [
    '@countersign/conformance',
    '@countersign/core',
    '@countersign/next',
  ],
}
