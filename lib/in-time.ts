/**
 * Waits for work that may never end, such as that of a file system whose server is gone. The work itself goes on.
 * @param late - called after `limitMs`; what it returns or throws stands for the outcome
 */
export async function inTime<T>(
  work: Promise<T>,
  limitMs: number,
  late: () => T,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(late());
      } catch (thrown) {
        reject(thrown);
      }
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
