/** How fast a device is against the cluster, as a share. Pure. */

/** A device counts as so many times as fast as the cluster, at the most: one that is faster gets no more for it. */
const MOST_TIMES = 2

/** The share of a device that is so many times as fast as the cluster, 0–1: one like the cluster has 0.5. */
export const shareOfSpeed = (times: number): number => Math.min(MOST_TIMES, times) / MOST_TIMES

/** The same by running times, in one unit: its own mean, and that of the cluster. */
export const shareByTime = (own: number, cluster: number): number => {
  if (own === 0) return cluster === 0 ? 0.5 : 1
  return shareOfSpeed(cluster / own)
}
