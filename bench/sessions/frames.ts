/** Frames of the WebSocket protocol (RFC 6455 §5.2), made before anything is measured. */

/** One text frame of a server. */
export function serverFrame(event: object): Buffer {
  return frame(textOf(event), undefined);
}

/** One text frame of a client, masked. */
export function clientFrame(event: object): Buffer {
  return frame(textOf(event), Buffer.from([0x12, 0x34, 0x56, 0x78]));
}

/** A piece of the assistant's audio, as the service sends it. */
export function deltaFrame(ms: number): Buffer {
  return frame(deltaText(ms), undefined);
}

/** The text in such a frame. */
export function deltaText(ms: number): Buffer {
  return textOf({
    type: "response.audio.delta",
    response_id: "resp_bench",
    item_id: "item_bench",
    output_index: 0,
    content_index: 0,
    delta: pcm(ms).toString("base64"),
  });
}

/** 24 kHz mono PCM16 that is not silence. */
export function pcm(ms: number): Buffer {
  const samples = Int16Array.from(
    { length: 24 * ms },
    (_, i) => 9_000 * Math.sin(i / 7),
  );
  return Buffer.from(samples.buffer);
}

function textOf(event: object): Buffer {
  return Buffer.from(JSON.stringify({ event_id: "event_bench", ...event }));
}

function frame(text: Buffer, mask: Buffer | undefined): Buffer {
  const head = Buffer.alloc(text.length < 126 ? 2 : 4);
  head[0] = 0x81;
  head[1] = text.length < 126 ? text.length : 126;
  if (text.length >= 126) head.writeUInt16BE(text.length, 2);
  if (!mask) return Buffer.concat([head, text]);
  head[1] |= 0x80;
  const masked = text.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([head, mask, masked]);
}
