/** A documented field of what the server sends: it may be null or absent. @see protocol.md, introduction, and §7.1 */
export type Maybe<T> = T | null | undefined;
