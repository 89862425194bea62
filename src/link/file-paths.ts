/** How files are asked for over the port of the link: plain HTTP, beside the links. What is answered stands in docs/devices.md. */

/** Devices: `GET`, `HEAD` and `PUT` of `/files/SHA256`. */
export const DEVICE_FILES = '/files'
/** API servers elsewhere: `POST` to it, `GET` of a hash under it. */
export const CLUSTER_FILES = '/cluster/files'

/** The header that tells how many bytes of a broken transfer are at the node. */
export const UPLOAD_OFFSET = 'upload-offset'
/** The header in which an API server is told of the file that it reads, as JSON. */
export const ARTIFACT_HEADER = 'retire-cluster-artifact'
/** The header in which an API server says for whom it acts: JSON, base64url. */
export const DEED_HEADER = 'retire-cluster-deed'

const HASH = /^[0-9a-f]{64}$/

/** The hash that a path under `base` names; undefined where it names none. */
export const hashIn = (path: string, base: string): string | undefined => {
  if (!path.startsWith(`${base}/`)) return undefined
  const sha256 = path.slice(base.length + 1)
  return HASH.test(sha256) ? sha256 : undefined
}
