// The head of a WebSocket frame (RFC 6455 §5.2), as far as we write and read it ourselves.

/** First byte: the last frame of a text message. */
export const FINAL_TEXT = 0x81;
/** In the second byte, beside the length. */
export const MASKED = 0x80;
export const MASK_BYTES = 4;
/** Lengths that say where the length is. */
export const LENGTH_IN_2_BYTES = 126;
export const LENGTH_IN_8_BYTES = 127;
