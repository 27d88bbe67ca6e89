/**
 * A Map that forgets what was set longest ago where it has more than a number of entries: what is remembered of others, such as
 * callers and items of the service, must not fill the memory. To set a key again makes it the youngest; to read it does not.
 *
 * As with any Map whose entries are deleted and come back, whoever sets keys that it has while walking through it does not get
 * to an end.
 */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #most: number;

  /** @param most - entries that are kept, a positive integer */
  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#most) {
      const oldest = this.keys().next();
      if (!oldest.done) this.delete(oldest.value);
    }
    return this;
  }
}
