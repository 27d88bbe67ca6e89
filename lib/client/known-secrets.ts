import { BoundedMap } from "../bounded-map";

/** A shorter one would hide ordinary words, and give itself away by doing so. */
const SHORTEST = 8;
/** Secrets in use at once, with tokens that are renewed each hour; older ones are forgotten first. */
const MOST = 64;

/** Every spelling of each secret, longest first, in order of last use. */
const spellingsOf = new BoundedMap<string, readonly string[]>(MOST);

/** From here on this very text, however it is spelled, is hidden in whatever is logged, shown or emitted. */
export function learnSecret(secret: string | undefined): void {
  if (secret === undefined || secret.length < SHORTEST) return;
  spellingsOf.set(secret, spellingsOf.get(secret) ?? spell(secret));
}

/** The text with `…` in the place of every secret that this process uses. */
export function hideKnownSecrets(text: string): string {
  let shown = text;
  for (const spellings of spellingsOf.values())
    for (const spelling of spellings)
      if (shown.includes(spelling)) shown = shown.replaceAll(spelling, "…");
  return shown;
}

function spell(secret: string): readonly string[] {
  const encoded = urlSpellings(secret);
  const spellings = new Set([
    secret,
    secret.toLowerCase(),
    secret.toUpperCase(),
    ...encoded,
    ...encoded.map((spelling) =>
      spelling.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString("hex"),
    ...base64Spellings(secret),
  ]);
  return [...spellings].toSorted((a, b) => b.length - a.length);
}

/** In a path, a form and a user's password: each leaves other characters as they are. */
function urlSpellings(secret: string): readonly string[] {
  const login = new URL("http://host");
  login.password = secret;
  return [
    // By way of bytes, since half a surrogate pair would throw.
    encodeURIComponent(Buffer.from(secret).toString()),
    new URLSearchParams([["", secret]]).toString().slice(1),
    login.password,
  ];
}

/** Base64 takes three bytes at a time: a secret inside a longer text has three spellings, less the characters it shares. */
function base64Spellings(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const shared = bytes.length % 3 === 0 ? 0 : 1;
    const digits = bytes.toString("base64").replace(/=+$/, "");
    const own = digits.slice(
      Math.ceil((before * 4) / 3),
      digits.length - shared,
    );
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
