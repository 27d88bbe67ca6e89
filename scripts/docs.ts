// npm run docs: writes the pages of docs/ that are made from tables in the code.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { reportFailure } from "./command-error";
import { GENERATED_DOCS } from "./generated-docs";

async function main(): Promise<void> {
  for (const { file, render } of GENERATED_DOCS) {
    writeFileSync(path.resolve(__dirname, "../..", file), await render());
    console.log(`wrote ${file}`);
  }
}

main().catch(reportFailure);
