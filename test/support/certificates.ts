import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of a test's own: made when it is asked for, gone with `remove`. */
export class PrivateAuthority {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "voice-live-ca-"));
  /** What a client has to trust. */
  readonly ca: string;
  #count = 0;

  constructor() {
    this.#openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem",
      [
        "-subj",
        "/CN=A private CA",
        "-config",
        this.#config("basicConstraints=critical,CA:TRUE"),
      ],
    );
    this.ca = this.#read("ca.pem");
  }

  /** The authority's own, which vouches for itself. */
  get selfSigned(): Certificate {
    return { cert: this.ca, key: this.#read("ca.key") };
  }

  /** @param names - as openssl writes them: `DNS:voice.example.com,IP:192.0.2.7` */
  issue(names: string, days = 2): Certificate {
    const name = `${(this.#count += 1)}`;
    this.#openssl(
      `req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${name}.key -out ${name}.csr`,
      [
        "-subj",
        "/CN=A host of a test",
        "-config",
        this.#config("basicConstraints=CA:FALSE"),
      ],
    );
    writeFileSync(
      path.join(this.#folder, `${name}.ext`),
      `subjectAltName=${names}\n`,
    );
    this.#openssl(
      `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -set_serial ${this.#count} -days ${days} -extfile ${name}.ext -out ${name}.pem`,
    );
    return { cert: this.#read(`${name}.pem`), key: this.#read(`${name}.key`) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Without one openssl takes the machine's, if there is one. */
  #config(extensions: string): string {
    const file = path.join(this.#folder, "openssl.cnf");
    writeFileSync(
      file,
      `[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\n${extensions}\n`,
    );
    return file;
  }

  #openssl(command: string, more: readonly string[] = []): void {
    execFileSync("openssl", [...command.split(" "), ...more], {
      cwd: this.#folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
  }

  #read(file: string): string {
    return readFileSync(path.join(this.#folder, file), "utf8");
  }
}
