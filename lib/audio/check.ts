/** @throws RangeError when `value` is no positive integer */
export function expectPositiveInteger(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(
      `Expected \`${name}\` to be a positive integer, got \`${value}\``,
    );
  }
}

/** @throws RangeError when `value` is no finite number from 0 on */
export function expectNotNegative(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(
      `Expected \`${name}\` to be 0 or more, got \`${value}\``,
    );
  }
}

/** @throws RangeError when `bytes` does not hold whole blocks (samples, or one sample of each channel) */
export function expectWholeBlocks(
  name: string,
  bytes: number,
  blockBytes: number,
): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes % blockBytes !== 0) {
    throw new RangeError(
      `Expected \`${name}\` to hold whole blocks of ${blockBytes} bytes, got \`${bytes}\` bytes: align the stream with SampleCarry first`,
    );
  }
}
