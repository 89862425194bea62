/** Keeps Fastify from loading the compilers of schemas that it brings along: ours are set by plugins, and those take a twentieth of a start. */

const unset = (): never => {
  throw new TypeError('a plugin has to set the compilers of schemas')
}

/** For `schemaController` of a Fastify whose compilers are set before the first route. */
export const compilersOfPlugins = { compilersFactory: { buildValidator: unset, buildSerializer: unset } } as const
