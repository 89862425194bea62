/** Keeps Fastify from loading the compilers of schemas that it brings along, as it does when it is built: ours are set by plugins. */

const unset = (): never => {
  throw new TypeError('a plugin has to set the compilers of schemas')
}

/** For `schemaController` of a Fastify whose compilers are set before the first route. */
export const compilersOfPlugins = { compilersFactory: { buildValidator: unset, buildSerializer: unset } } as const
